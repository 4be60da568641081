/* policy.c - who may do what. */
#include "policy.h"

#include <assert.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>

enum fact {                                     /* what may be true of him, as bits                  */
    KNOWN        = 1 << 0,                      /* is logged in                                      */
    PATIENT      = 1 << 1,
    DOCTOR       = 1 << 2,
    ADMIN        = 1 << 3,
    SAME_CLINIC  = 1 << 4,
    TAKES_PART   = 1 << 5,
    TREATS       = 1 << 6,
    IN_THE_ROOM  = 1 << 7,
    NEVER        = 1 << 8,                      /* true of nobody                                    */
    DESK         = 1 << 9,
    MEMBER       = 1 << 10,                     /* is no guest of a call                             */
    MAY_TALK     = 1 << 11,                     /* takes part, or is a guest                         */
    HOLDS_A_LEG  = 1 << 12,
    KNOWS_OF_IT  = 1 << 13,                     /* takes part, or is offered it                      */
    IS_OFFERED   = 1 << 14,
    PHARMACIST   = 1 << 15,
    CARES        = 1 << 16,                     /* doctor or pharmacist                              */
    CLINICIAN    = 1 << 17,                     /* doctor or admin                                   */
};

/* Read from left to right; the first thing that lacks is the answer. */
static const struct rule {
    const char *name;
    enum policy_object object;
    unsigned    login;                          /* else -EACCES                                      */
    unsigned    role;                           /* else -EPERM: a role is no secret                  */
    unsigned    sees;                           /* else -ENOENT                                      */
    unsigned    may;                            /* else -EPERM                                       */
} rules[MAY_COUNT] = {
#define RULE(may, ...) [may] = { #may, __VA_ARGS__ }
    RULE(MAY_NOBODY,           POLICY_NONE,        KNOWN, NEVER,   0,           0),
    RULE(MAY_ANYBODY,          POLICY_NONE,        0,     0,       0,           0),
    RULE(MAY_LOGGED_IN,        POLICY_NONE,        KNOWN, 0,       0,           0),
    RULE(MAY_USER,             POLICY_NONE,        KNOWN, MEMBER,  0,           0),
    RULE(MAY_PATIENT,          POLICY_NONE,        KNOWN, PATIENT, 0,           0),
    RULE(MAY_DOCTOR,           POLICY_NONE,        KNOWN, DOCTOR,  0,           0),
    RULE(MAY_ADMIN,            POLICY_NONE,        KNOWN, ADMIN,   SAME_CLINIC, 0),
    RULE(MAY_BREAK_GLASS,      POLICY_NONE,        KNOWN, CLINICIAN, 0,         0),
    RULE(MAY_DESK,             POLICY_NONE,        KNOWN, DESK,    SAME_CLINIC, 0),
    RULE(MAY_PARTICIPANT,      POLICY_CONSULT,     KNOWN, 0,       TAKES_PART,  0),
    RULE(MAY_TREAT,            POLICY_CONSULT,     KNOWN, 0,       TAKES_PART,  TREATS),
    RULE(MAY_TAKE_OVER,        POLICY_CONSULT,     KNOWN, 0,       KNOWS_OF_IT, IS_OFFERED),
    RULE(MAY_CALL,             POLICY_CONSULT,     KNOWN, 0,       MAY_TALK,    0),
    RULE(MAY_SEE_APPOINTMENT,  POLICY_APPOINTMENT, KNOWN, 0,       TAKES_PART,  0),
    RULE(MAY_ATTEND,           POLICY_APPOINTMENT, KNOWN, 0,       TAKES_PART,  PATIENT),
    RULE(MAY_KEEP_APPOINTMENT, POLICY_APPOINTMENT, KNOWN, 0,       TAKES_PART,  TREATS),
    RULE(MAY_SEE_DOCTOR,       POLICY_DOCTOR,      KNOWN, MEMBER,  TAKES_PART,  0),
    RULE(MAY_KEEP_DOCTOR,      POLICY_DOCTOR,      KNOWN, MEMBER,  TAKES_PART,  TREATS),
    RULE(MAY_SEE_FILE,         POLICY_FILE,        KNOWN, 0,       TAKES_PART,  0),
    RULE(MAY_KEEP_FILE,        POLICY_FILE,        KNOWN, 0,       TAKES_PART,  TREATS),
    RULE(MAY_CARE,             POLICY_NONE,        KNOWN, CARES,   0,           0),
    RULE(MAY_SEE_PRESCRIPTION, POLICY_PRESCRIPTION, KNOWN, 0,      TAKES_PART,  0),
    RULE(MAY_REVIEW,           POLICY_PRESCRIPTION, KNOWN, PHARMACIST, TAKES_PART, 0),
    RULE(MAY_KEEP_PRESCRIPTION, POLICY_PRESCRIPTION, KNOWN, 0,     TAKES_PART,  TREATS),
    RULE(MAY_SEE_PATIENT,      POLICY_PATIENT,     KNOWN, MEMBER,  TAKES_PART,  0),
    RULE(IN_ROOM,              POLICY_NONE,        KNOWN, 0,       IN_THE_ROOM, 0),
    RULE(IN_CALL,              POLICY_NONE,        KNOWN, 0,       HOLDS_A_LEG, 0),
#undef RULE
};

static unsigned facts_of(const struct policy_who *who)
{
    static const struct { const char *role; unsigned fact; } roles[] = {
        { "patient", PATIENT }, { "doctor", DOCTOR | CARES | CLINICIAN },
        { "admin", ADMIN | DESK | CLINICIAN }, { "staff", DESK }, { "pharmacist", PHARMACIST | CARES },
    };
    unsigned facts = 0;

    if (who->role == NULL)
        return 0;                               /* of a stranger nothing else is believed            */
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
        if (strcmp(who->role, roles[i].role) == 0)
            facts |= roles[i].fact;
    if (strcmp(who->role, "guest") != 0)
        facts |= MEMBER;
    if (who->participates || who->invited)
        facts |= MAY_TALK;
    if (who->participates || who->offered)
        facts |= KNOWS_OF_IT;
    return facts | KNOWN | (who->other_clinic ? 0 : SAME_CLINIC) | (who->participates ? TAKES_PART : 0)
           | (who->treats ? TREATS : 0) | (who->in_room ? IN_THE_ROOM : 0)
           | (who->offered ? IS_OFFERED : 0);
}

int policy_check(enum may may, const struct policy_who *who)
{
    unsigned lacks = ~facts_of(who);
    const struct rule *rule;

    assert(may < MAY_COUNT);
    rule = &rules[may];
    if (rule->login & lacks)
        return -EACCES;
    if (rule->role & lacks)
        return -EPERM;
    if (rule->sees & lacks)
        return -ENOENT;
    return rule->may & lacks ? -EPERM : 0;
}

enum policy_object policy_object(enum may may)
{
    assert(may < MAY_COUNT);
    return rules[may].object;
}

bool policy_needs_consult(enum may may)
{
    return policy_object(may) == POLICY_CONSULT;
}

const char *policy_name(enum may may)
{
    assert(may < MAY_COUNT);
    return rules[may].name;
}
