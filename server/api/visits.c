/* visits.c - an appointment and its consult move together. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "action.h"
#include "appointments.h"
#include "consults.h"
#include "forms.h"
#include "payments.h"
#include "storage/store_consult.h"
#include "storage/store_message.h"
#include "storage/store_reason.h"
#include "storage/store_visit.h"

/* What he wrote when he booked are his first words: said once, however often he comes in. */
static int reason_say(struct action *a, struct db *db, int64_t appointment, int64_t consult)
{
    struct message_new new = { .client_id = "reason-of-visit" };
    json_t *message = NULL;
    int64_t account;
    char *words;
    int added, err = store_reason_words(db, appointment, &account, &words);

    if (err)
        return err == -ENOENT ? 0 : err;
    new.text = words;
    added = store_message_add(db, consult, account, &new, &message);
    explicit_bzero(words, strlen(words));
    free(words);
    if (added > 0)
        err = action_publish(a, TO_CONSULT_ALL, json_string_value(json_object_get(message, "consult")),
                             "message:new", message);
    if (added > 0 && err == 0)
        err = consult_publish_unread(
            a, db, consult,
            json_string_value(json_object_get(json_object_get(message, "sender"), "id")));
    json_decref(message);
    return added < 0 ? added : err;
}

/* Who has checked in waits in a consult; what ends the appointment ends it, too; once it was
 * begun there is something to sign. */
int appointment_consult_follow(struct action *a, struct db *db, int64_t appointment, const char *to)
{
    static const char *const ends[] = { "cancelled_by_patient", "cancelled_by_clinic", "rescheduled",
                                        "noshow_patient",       "noshow_doctor",       "entered_in_error" };
    json_t *moved = NULL;
    int64_t consult;
    bool begun, is_end = false;
    int err;

    if (strcmp(to, "checked_in") == 0) {
        err = store_visit_open(db, appointment, action_user(a), &consult);
        if (err == 0)
            err = reason_say(a, db, appointment, consult);
        if (err == 0)
            err = form_say(a, db, appointment, consult);
        return err ? err : consult_publish_changed(a, db, consult);
    }
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        is_end = is_end || strcmp(to, ends[i]) == 0;
    err = is_end ? store_visit_find(db, appointment, &consult, &begun) : -ENOENT;
    if (err)
        return err == -ENOENT ? 0 : err;
    err = store_consult_move(db, consult, begun ? "awaiting_signature" : "abandoned", &moved);
    json_decref(moved);
    return err < 0 ? err : consult_publish_changed(a, db, consult);
}

int appointment_follow(struct action *a, struct db *db, int64_t consult, const char *to)
{
    struct appointment_access now;
    int err = store_visit_appointment(db, consult, &now);

    if (err)
        return err == -ENOENT ? 0 : err;
    err = store_appointment_move(db, &now, &(struct appointment_move){ .to = to, .user = action_user(a) });
    if (err == 0)
        err = payment_follow(a, db, &now, to, 0);
    return err ? err : appointment_tell(a, db, now.id, false);
}
