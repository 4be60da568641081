/* duties.c - what a doctor owes a consult, a word or a signature: the clock reminds him, then his desk. */
#include "waiting.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "notifications.h"
#include "queue.h"
#include "storage/store_clock.h"
#include "xalloc.h"

enum { HOUR_S = 3600, KEY_SIZE = 128 };

/* In rising order. A doctor is not told of one whose successor is due, too. */
struct duty { const char *kind; int64_t after_s; bool desk; };
static const struct duty to_sign[] = {
    { "sign-2h", 2 * HOUR_S, false }, { "sign-24h", 24 * HOUR_S, false }, { "sign-48h", 48 * HOUR_S, true },
};
enum { SIGN_COUNT = sizeof to_sign / sizeof *to_sign };

static int tell(struct action *a, struct db *db, const struct clock_duty *one, const struct duty *duty)
{
    char key[KEY_SIZE];
    struct notification_new new = { .user = one->doctor, .kind = duty->kind, .object = one->consult_id,
                                    .about_utc = one->until_utc, .dedupe_key = key };

    (void)snprintf(key, sizeof key, "%s:%s:%lld", duty->kind, one->consult_id, (long long)one->since_utc);
    return duty->desk ? notify_desk(a, db, one->clinic, new) : notify_user(a, db, &new);
}

/* All that has come due since it was looked at; then when the next one does. */
static int remind(struct action *a, struct db *db, const struct clock_duty *one)
{
    const struct duty unanswered = { "consult-unanswered", (one->until_utc - one->since_utc) / 2, false };
    const struct duty *all = one->open ? &unanswered : to_sign;
    int64_t now = db_now(db), next = 0;
    int count = one->open ? 1 : SIGN_COUNT, err = 0;

    for (int i = 0; i < count && err == 0; i++) {
        int64_t due = one->since_utc + all[i].after_s;
        bool outdone = i + 1 < count && !all[i + 1].desk && one->since_utc + all[i + 1].after_s <= now;

        if (due > now)
            next = next == 0 ? due : next;
        else if (due >= one->told_utc && !outdone)
            err = tell(a, db, one, &all[i]);
    }
    if (err == 0)
        err = store_clock_duty_set(db, one->consult, next);
    return err || next != 0 ? err : queue_tell_board_of(a, db, one->consult);
}

int waiting_remind(struct action *a, struct db *db, int64_t *ret_next_utc)
{
    struct clock_duty *all = xalloc(STORE_DUE_MAX * sizeof *all);
    int count = store_clock_duties(db, all), err = count < 0 ? count : 0;

    for (int i = 0; i < count && err == 0; i++)
        err = remind(a, db, &all[i]);
    free(all);
    return err ? err : store_clock_duties_next(db, ret_next_utc);
}
