/* policy.h - who may do what: permission x role x relation, one table, deny by default. */
#ifndef AUTH_POLICY_H
#define AUTH_POLICY_H

#include <stdbool.h>

enum may {                                      /* a row of routes[] or events[] carries one          */
    MAY_NOBODY,                                 /* zero: a row without permission refuses everybody   */
    MAY_ANYBODY,                                /* also without login                                 */
    MAY_LOGGED_IN,                              /* whoever is logged in, a guest of a call, too       */
    MAY_USER,                                   /* whoever is logged in, and no guest                 */
    MAY_PATIENT,                                /* role patient                                       */
    MAY_DOCTOR,                                 /* role doctor                                        */
    MAY_ADMIN,                                  /* role admin; of the object's clinic, if it has one  */
    MAY_BREAK_GLASS,                            /* role doctor or admin: in an emergency              */
    MAY_DESK,                                   /* role admin or staff; of the object's clinic        */
    MAY_PARTICIPANT,                            /* takes part in the consult                          */
    MAY_TREAT,                                  /* is the doctor of the consult                       */
    MAY_TAKE_OVER,                              /* is offered the consult by its doctor               */
    MAY_CALL,                                   /* takes part, is a guest of its calls, or in one of them */
    MAY_SEE_APPOINTMENT,                        /* its patient, its doctor, or his clinic's desk      */
    MAY_ATTEND,                                 /* is the patient of the appointment                  */
    MAY_KEEP_APPOINTMENT,                       /* its doctor, or his clinic's desk                   */
    MAY_SEE_DOCTOR,                             /* there is such a doctor                             */
    MAY_KEEP_DOCTOR,                            /* is he himself, or his clinic's desk                */
    MAY_SEE_FILE,                               /* takes part where it was sent, or sends it         */
    MAY_KEEP_FILE,                              /* sends it                                          */
    MAY_CARE,                                   /* role doctor or pharmacist                         */
    MAY_SEE_PRESCRIPTION,                       /* its doctor, pharmacists; its patient, once approved */
    MAY_REVIEW,                                 /* is a pharmacist of its clinic                     */
    MAY_KEEP_PRESCRIPTION,                      /* is its doctor                                     */
    MAY_SEE_PATIENT,                            /* acts for him, or treats him now                   */
    IN_ROOM,                                    /* ephemeral: the socket is in the consult's room     */
    IN_CALL,                                    /* ephemeral: the socket holds the leg it speaks for  */
    MAY_COUNT
};

enum policy_object { POLICY_NONE, POLICY_CONSULT, POLICY_APPOINTMENT, POLICY_DOCTOR, POLICY_FILE,
                     POLICY_PRESCRIPTION, POLICY_PATIENT };

struct policy_who {
    const char *role;                           /* NULL: not logged in                                */
    bool participates;                          /* in the consult; may know of the appointment, doctor */
    bool treats;                                /* is its doctor; keeps the appointment, the hours    */
    bool in_room;                               /* the socket is in consult:{id}                      */
    bool other_clinic;                          /* the object belongs to another clinic than his      */
    bool invited;                               /* is a guest of the consult's calls                  */
    bool offered;                               /* is a colleague to whom its doctor offers it        */
};

/* 0 allowed; -EACCES log in first (401); -ENOENT he may not know that it exists (404); -EPERM he sees
 * it, may not (403). */
int policy_check(enum may may, const struct policy_who *who);
enum policy_object policy_object(enum may may); /* whose relations to ask the database for first      */
bool policy_needs_consult(enum may may);        /* MAY_PARTICIPANT, MAY_TREAT, MAY_TAKE_OVER, MAY_CALL */
const char *policy_name(enum may may);          /* "MAY_PARTICIPANT": for tables printed by tests     */

#endif
