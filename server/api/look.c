/* look.c - who looks at what leaves a row, and who tries to. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "action.h"
#include "door.h"
#include "log.h"
#include "storage/store_audit.h"

/* Of a list it is the list: which patients stand in it, the tables of that time tell. */
static const char *view_of(const struct action *a, const char **ret_object)
{
    *ret_object = a->object_id;
    switch (policy_object(a->may)) {
    case POLICY_CONSULT:
        *ret_object = a->consult_id;
        return "consult.view";
    case POLICY_APPOINTMENT:
        return "appointment.view";
    case POLICY_FILE:
        return "file.view";
    case POLICY_PRESCRIPTION:
        return "prescription.view";
    case POLICY_PATIENT:
        return "patient.view";
    case POLICY_DOCTOR:
        return "board.view";
    case POLICY_NONE:
        break;
    }
    *ret_object = a->name;
    return "list.view";
}

int look_leave_row(struct action *a, struct db *db)
{
    const char *object, *what = view_of(a, &object);
    int64_t user = a->session.user.id;
    int done;

    if (a->step->where != ON_READER || a->moved) {
        done = store_audit_view(db, user, what, object, a->address);
    } else {
        done = store_audit_view_due(db, user, what, object);
        a->again = done > 0;
    }
    return done < 0 ? done : 0;
}

/* --- denied -------------------------------------------------------------------------------------------- */

struct denial { int64_t user; char object[64], address[64], door[64]; };

void look_denied(struct action *a, const char *object)
{
    (void)snprintf(a->denied, sizeof a->denied, "%s", object);
}

/* Of an object that there is, once in ten minutes: whoever makes ids up leaves no rows. */
static int denial_note(struct action *a, struct db *db)
{
    const struct denial *denial = action_own(a, sizeof *denial);
    struct audit_about about;
    int due = store_audit_about(db, denial->object, &about);

    if (due == 0)
        due = store_audit_view_due(db, denial->user, "denied", denial->object);
    if (due <= 0)
        return due == -ENOENT ? 0 : due;
    return store_audit_add(db, &(struct audit_new){ .user = denial->user, .action = "denied",
                                                    .object = denial->object, .ip = denial->address,
                                                    .detail = denial->door });
}

static void denial_end(struct action *a, int err)
{
    if (err)
        log_warn("audit.denied", "errno=%d request=%s", -err, a->request_id);
}

void look_note_denied(const struct action *a)
{
    struct action *note;
    struct denial *denial;

    if (a->denied[0] == '\0' || a->session.user.id == 0 || a->api->draining)
        return;
    note = action_new(a->api, "denied", MAY_NOBODY, 0);
    note->clockwork = true;
    note->finished = denial_end;
    request_id_make(note->request_id);
    denial = action_own(note, sizeof *denial);
    denial->user = a->session.user.id;
    (void)snprintf(denial->object, sizeof denial->object, "%s", a->denied);
    (void)snprintf(denial->address, sizeof denial->address, "%s", a->address);
    (void)snprintf(denial->door, sizeof denial->door, "%s", a->name);
    action_start(note, denial_note, NULL);
}
