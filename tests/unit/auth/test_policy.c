#include "policy.h"

#include <errno.h>

#include "test.h"

/* The whole table. A column is a set of relations, counted in bits: participates 1, treats 2, in the room 4,
 * of another clinic 8. '.' is yes, 1 is 401 (log in), 3 is 403 (may not), 4 is 404 (may not know). */
#define YES "................"
#define LOG "1111111111111111"
#define NO_ "3333333333333333"
#define PAR "4.4.4.4.4.4.4.4."
#define TRE "434.434.434.434."
#define OFF "4343434343434343"                 /* to whom it is offered: the last test            */
#define ATT "4343434343434343"
#define ROO "4444....4444...."
#define HID "4444444444444444"
#define ADM "........44444444"

static const char *const roles[] = {
    NULL, "patient", "doctor", "admin", "pharmacist", "staff", "guest", "", "Admin",
};
enum { ROLES = sizeof roles / sizeof roles[0] };

static const char *const want[MAY_COUNT][ROLES] = {
    /*                   nobody patient doctor admin pharm. staff guest  ""  "Admin" */
    [MAY_NOBODY]      = { LOG,  NO_,    NO_,   NO_,  NO_,   NO_,  NO_,  NO_, NO_ },
    [MAY_ANYBODY]     = { YES,  YES,    YES,   YES,  YES,   YES,  YES,  YES, YES },
    [MAY_LOGGED_IN]   = { LOG,  YES,    YES,   YES,  YES,   YES,  YES,  YES, YES },
    [MAY_USER]        = { LOG,  YES,    YES,   YES,  YES,   YES,  NO_,  YES, YES },
    [MAY_PATIENT]     = { LOG,  YES,    NO_,   NO_,  NO_,   NO_,  NO_,  NO_, NO_ },
    [MAY_DOCTOR]      = { LOG,  NO_,    YES,   NO_,  NO_,   NO_,  NO_,  NO_, NO_ },
    [MAY_ADMIN]       = { LOG,  NO_,    NO_,   ADM,  NO_,   NO_,  NO_,  NO_, NO_ },
    [MAY_BREAK_GLASS] = { LOG,  NO_,    YES,   YES,  NO_,   NO_,  NO_,  NO_, NO_ },
    [MAY_DESK]        = { LOG,  NO_,    NO_,   ADM,  NO_,   ADM,  NO_,  NO_, NO_ },
    [MAY_PARTICIPANT] = { LOG,  PAR,    PAR,   PAR,  PAR,   PAR,  PAR,  PAR, PAR },
    [MAY_TREAT]       = { LOG,  TRE,    TRE,   TRE,  TRE,   TRE,  TRE,  TRE, TRE },
    [MAY_TAKE_OVER]   = { LOG,  OFF,    OFF,   OFF,  OFF,   OFF,  OFF,  OFF, OFF },
    [MAY_CALL]        = { LOG,  PAR,    PAR,   PAR,  PAR,   PAR,  PAR,  PAR, PAR },
    [MAY_SEE_APPOINTMENT]  = { LOG, PAR, PAR, PAR, PAR, PAR, PAR, PAR, PAR },
    [MAY_ATTEND]           = { LOG, PAR, ATT, ATT, ATT, ATT, ATT, ATT, ATT },
    [MAY_KEEP_APPOINTMENT] = { LOG, TRE, TRE, TRE, TRE, TRE, TRE, TRE, TRE },
    [MAY_SEE_DOCTOR]       = { LOG, PAR, PAR, PAR, PAR, PAR, NO_, PAR, PAR },
    [MAY_KEEP_DOCTOR]      = { LOG, TRE, TRE, TRE, TRE, TRE, NO_, TRE, TRE },
    [MAY_SEE_FILE]         = { LOG, PAR, PAR, PAR, PAR, PAR, PAR, PAR, PAR },
    [MAY_KEEP_FILE]        = { LOG, TRE, TRE, TRE, TRE, TRE, TRE, TRE, TRE },
    [MAY_CARE]             = { LOG, NO_, YES, NO_, YES, NO_, NO_, NO_, NO_ },
    [MAY_SEE_PRESCRIPTION] = { LOG, PAR, PAR, PAR, PAR, PAR, PAR, PAR, PAR },
    [MAY_REVIEW]           = { LOG, NO_, NO_, NO_, PAR, NO_, NO_, NO_, NO_ },
    [MAY_KEEP_PRESCRIPTION] = { LOG, TRE, TRE, TRE, TRE, TRE, TRE, TRE, TRE },
    [MAY_SEE_PATIENT]      = { LOG, PAR, PAR, PAR, PAR, PAR, NO_, PAR, PAR },
    [IN_ROOM]         = { LOG,  ROO,    ROO,   ROO,  ROO,   ROO,  ROO,  ROO, ROO },
    [IN_CALL]         = { LOG,  HID,    HID,   HID,  HID,   HID,  HID,  HID, HID }, /* the door looks */
};

static char answer(enum may may, const char *role, unsigned relations)
{
    struct policy_who who = { .role = role, .participates = relations & 1, .treats = relations & 2,
                              .in_room = relations & 4, .other_clinic = relations & 8 };

    switch (policy_check(may, &who)) {
    case 0: return '.';
    case -EACCES: return '1';
    case -EPERM: return '3';
    case -ENOENT: return '4';
    default: return '?';
    }
}

TEST(policy, is_this_table)
{
    for (int may = 0; may < MAY_COUNT; may++) {
        for (int role = 0; role < ROLES; role++) {
            char got[17] = "";

            for (unsigned relations = 0; relations < 16; relations++)
                got[relations] = answer((enum may)may, roles[role], relations);
            CHECK_STR(got, want[may][role]);
        }
    }
}

TEST(policy, refuses_everybody_when_a_row_says_nothing)
{
    struct policy_who all = { "admin", true, true, true, false, true, true };
    enum may unsaid = { 0 };

    CHECK_INT(unsaid, MAY_NOBODY);
    CHECK_INT(policy_check(unsaid, &all), -EPERM);
}

TEST(policy, lets_a_guest_into_a_call_and_nowhere_else)
{
    struct policy_who guest = { .role = "guest", .invited = true };

    for (int may = 0; may < MAY_COUNT; may++) {
        bool let_in = may == MAY_ANYBODY || may == MAY_LOGGED_IN || may == MAY_CALL;

        CHECK(((policy_check((enum may)may, &guest)) == 0) == let_in);
    }
}

TEST(policy, lets_a_colleague_answer_an_offer_and_see_nothing_else_of_it)
{
    struct policy_who colleague = { .role = "doctor", .offered = true };

    for (int may = 0; may < MAY_COUNT; may++)
        if (policy_object((enum may)may) == POLICY_CONSULT)
            CHECK(((policy_check((enum may)may, &colleague)) == 0) == (may == MAY_TAKE_OVER));
}

TEST(policy, says_whose_relations_it_needs)
{
    static const enum policy_object objects[MAY_COUNT] = {
        [MAY_PARTICIPANT] = POLICY_CONSULT, [MAY_TREAT] = POLICY_CONSULT,
        [MAY_TAKE_OVER] = POLICY_CONSULT, [MAY_CALL] = POLICY_CONSULT,
        [MAY_SEE_APPOINTMENT] = POLICY_APPOINTMENT, [MAY_ATTEND] = POLICY_APPOINTMENT,
        [MAY_KEEP_APPOINTMENT] = POLICY_APPOINTMENT,
        [MAY_SEE_DOCTOR] = POLICY_DOCTOR, [MAY_KEEP_DOCTOR] = POLICY_DOCTOR,
        [MAY_SEE_FILE] = POLICY_FILE, [MAY_KEEP_FILE] = POLICY_FILE,
        [MAY_SEE_PRESCRIPTION] = POLICY_PRESCRIPTION, [MAY_REVIEW] = POLICY_PRESCRIPTION,
        [MAY_KEEP_PRESCRIPTION] = POLICY_PRESCRIPTION,
        [MAY_SEE_PATIENT] = POLICY_PATIENT,
    };

    for (int may = 0; may < MAY_COUNT; may++) {
        CHECK_INT(policy_object((enum may)may), objects[may]);
        CHECK_INT(policy_needs_consult((enum may)may), objects[may] == POLICY_CONSULT);
    }
}

TEST(policy, names_each_permission)
{
    static const char *const names[MAY_COUNT] = {
        "MAY_NOBODY", "MAY_ANYBODY", "MAY_LOGGED_IN", "MAY_USER", "MAY_PATIENT", "MAY_DOCTOR", "MAY_ADMIN",
        "MAY_BREAK_GLASS", "MAY_DESK", "MAY_PARTICIPANT", "MAY_TREAT", "MAY_TAKE_OVER", "MAY_CALL",
        "MAY_SEE_APPOINTMENT", "MAY_ATTEND",
        "MAY_KEEP_APPOINTMENT", "MAY_SEE_DOCTOR", "MAY_KEEP_DOCTOR", "MAY_SEE_FILE",
        "MAY_KEEP_FILE", "MAY_CARE", "MAY_SEE_PRESCRIPTION", "MAY_REVIEW",
        "MAY_KEEP_PRESCRIPTION", "MAY_SEE_PATIENT", "IN_ROOM", "IN_CALL",
    };

    for (int may = 0; may < MAY_COUNT; may++)
        CHECK_STR(policy_name((enum may)may), names[may]);
}
