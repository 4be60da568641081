/* feed.c - a private calendar (iCalendar, RFC 5545) at an address that only its owner knows. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "action.h"
#include "auth/digest.h"
#include "clinic/ics.h"
#include "door.h"
#include "storage/store_audit.h"
#include "storage/store_feed.h"
#include "xalloc.h"

static int audit(struct action *a, struct db *db, const char *what)
{
    return store_audit_add(db, &(struct audit_new){ .user = action_user(a),
                                                    .action = what,
                                                    .object = action_user_id(a),
                                                    .ip = action_address(a) });
}

/* --- one's own ----------------------------------------------------------------------------------------- */

/* The address is shown now and never again: only its hash stays. */
static int feed_make(struct action *a, struct db *db)
{
    unsigned char hash[DIGEST_SIZE];
    char token[DB_ID_SIZE], *url;
    int err = action_end_input(a);

    db_id_make(db, "cal_", token);
    if (err == 0)
        err = digest_sha256(token, strlen(token), hash);
    if (err == 0)
        err = store_feed_set(db, action_user(a), hash);
    if (err == 0)
        err = audit(a, db, "feed.make");
    if (err)
        return err;
    url = xprintf("%s/calendar/%s.ics", action_api(a)->base_url, token);
    err = action_answer(a, json_pack("{s:s}", "url", url));
    free(url);
    return err;
}

static int feed_remove(struct action *a, struct db *db)
{
    int err = action_end_input(a);

    if (err == 0)
        err = store_feed_remove(db, action_user(a));
    return err ? err : audit(a, db, "feed.remove");
}

/* --- for programs -------------------------------------------------------------------------------------- */

/* No names: a calendar is synced to many places, and seen on the screens of others. */
static const struct {
    const char *mode, *zh, *en;
} summaries[] = {
    { "text", "图文问诊", "Text consultation" },
    { "voice", "语音问诊", "Voice consultation" },
    { "video", "视频问诊", "Video consultation" },
};

static const struct {
    const char *status;
    enum ics_status as;
} statuses[] = {
    { "requested", ICS_TENTATIVE },     { "booked", ICS_CONFIRMED },    { "checked_in", ICS_CONFIRMED },
    { "in_consult", ICS_CONFIRMED },    { "fulfilled", ICS_CONFIRMED }, { "noshow_patient", ICS_CONFIRMED },
    { "noshow_doctor", ICS_CONFIRMED },
};

static const char *text_of(const json_t *row, const char *name)
{
    return json_string_value(json_object_get(row, name));
}

static int64_t int_of(const json_t *row, const char *name)
{
    return json_integer_value(json_object_get(row, name));
}

static const char *summary_of(const json_t *row, bool in_chinese)
{
    for (size_t i = 0; i < sizeof summaries / sizeof *summaries; i++)
        if (strcmp(summaries[i].mode, text_of(row, "mode")) == 0)
            return in_chinese ? summaries[i].zh : summaries[i].en;
    return in_chinese ? "问诊" : "Consultation";
}

static enum ics_status status_of_row(const json_t *row)
{
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
        if (strcmp(statuses[i].status, text_of(row, "status")) == 0)
            return statuses[i].as;
    return ICS_CANCELLED;
}

/* "https://clinic.example:8443/x" is clinic.example: the UID's, which must not change with the port. */
static char *host_of(const char *url)
{
    const char *host = strstr(url, "://");

    host = host != NULL ? host + 3 : url;
    return xstrndup(host, strcspn(host, ":/"));
}

static int feed_print(struct action *a, const json_t *rows, bool in_chinese)
{
    const char *base = action_api(a)->base_url;
    char *host = host_of(base), *text = NULL;
    size_t count = json_array_size(rows), i;
    struct ics_event *events = xalloc((count + 1) * sizeof *events);
    json_t *row;
    int err;

    json_array_foreach(rows, i, row) events[i] =
        (struct ics_event){ .uid = xprintf("%s@%s", text_of(row, "series"), host),
                            .url = xprintf("%s/appointments/%s", base, text_of(row, "id")),
                            .summary = summary_of(row, in_chinese),
                            .start_utc = int_of(row, "start"),
                            .end_utc = int_of(row, "end"),
                            .changed_utc = int_of(row, "changed"),
                            .sequence = int_of(row, "sequence"),
                            .status = status_of_row(row) };
    err = ics_print(in_chinese ? "问诊" : "Consultations", events, count, &text);
    for (i = 0; i < count; i++) {
        free((char *)events[i].uid);
        free((char *)events[i].url);
    }
    free(events);
    free(host);
    return err ? err : action_answer_text(a, "text/calendar; charset=utf-8", text);
}

/* "cal_….ics" is a token; anything else there is not. */
static int feed_find(struct db *db, const char *name, struct feed_user *ret_user)
{
    static const char ending[] = ".ics";
    unsigned char hash[DIGEST_SIZE];
    size_t size = strlen(name);
    int err;

    if (size <= sizeof ending - 1 || strcmp(name + size - (sizeof ending - 1), ending) != 0)
        return -ENOENT;
    err = digest_sha256(name, size - (sizeof ending - 1), hash);
    return err ? err : store_feed_find(db, hash, ret_user);
}

static int feed_get(struct action *a, struct db *db)
{
    struct feed_user user;
    const char *name;
    json_t *rows = NULL;
    int err = action_take_text(a, "feed", 64, &name);

    if (err == 0)
        err = action_end_input(a);
    if (err == 0)
        err = feed_find(db, name, &user);
    if (err == 0)
        err = store_feed_list(db, user.id, &rows);
    if (err == 0)
        err = feed_print(a, rows, strncmp(user.locale, "zh", 2) == 0);
    json_decref(rows);
    return err;
}

/* The doors. */
const struct route feed_routes[] = {
    { "POST", "/api/v1/me/calendar-feed", feed_make, MAY_USER, CREATED, NULL, NULL },
    { "DELETE", "/api/v1/me/calendar-feed", feed_remove, MAY_USER, 0, NULL, NULL },
    { "GET", "/calendar/{feed}", feed_get, MAY_ANYBODY, READ | CACHED, NULL, NULL },
    { 0 },
};
