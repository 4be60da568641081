/* doctor_profile.c - what patients read of a doctor, changed by himself or his clinic's desk. */
#include <errno.h>
#include <string.h>

#include "action.h"
#include "door.h"
#include "storage/store_audit.h"

enum { TITLE_MAX_BYTES = 120, LANGUAGES_MAX = 8, LANGUAGE_MAX_BYTES = 16 };

/* RFC 5646, no further than its letters. */
static bool is_language(const char *tag)
{
    size_t length = strspn(tag, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-");

    return length >= 2 && length <= LANGUAGE_MAX_BYTES && tag[length] == '\0';
}

static int profile_check(struct action *a, const char *title, const char *tz, const json_t *languages)
{
    const json_t *tag;
    size_t i;

    if (strlen(title) > TITLE_MAX_BYTES)
        return action_mind(a, "title must have 120 bytes at most");
    if (zones_find(action_api(a)->zones, tz) == NULL)
        return action_mind(a, "tz must be an IANA zone");
    if (json_array_size(languages) == 0 || json_array_size(languages) > LANGUAGES_MAX)
        return action_mind(a, "languages must be 1 to 8 of them");
    json_array_foreach(languages, i, tag)
        if (!json_is_string(tag) || !is_language(json_string_value(tag)))
            return action_mind(a, "languages must be tags as zh-CN");
    return 0;
}

/* His hours are wall-clock times: in another zone they are other instants. What is booked stays. */
static int profile_set(struct action *a, struct db *db)
{
    const char *title, *tz;
    json_t *languages, *doctor = NULL;
    char *text;
    int64_t id = action_doctor(a)->doctor;
    int err = action_unpack(a, "{s:s, s:s, s:o !}", "title", &title, "tz", &tz, "languages", &languages);

    if (err == 0)
        err = profile_check(a, title, tz, languages);
    if (err)
        return err;
    text = json_dumps(languages, JSON_COMPACT);
    err = text == NULL ? -ENOMEM : store_doctor_set(db, id, title, tz, text);
    free(text);
    if (err == 0)
        err = store_audit_add(db, &(struct audit_new){ .user = action_user(a), .action = "doctor.set",
                                                       .object = action_doctor(a)->public_id,
                                                       .ip = action_address(a), .detail = tz });
    if (err == 0)
        err = store_doctor_get(db, id, &doctor);
    return err ? err : action_answer(a, json_pack("{s:o}", "doctor", doctor));
}

/* The doors. */
const struct route doctor_profile_routes[] = {
    { "PUT", "/api/v1/doctors/{doctor}", profile_set, MAY_KEEP_DOCTOR, 0, NULL, NULL },
    { 0 },
};
