/* input.c - what an action function asks of its action: who, what, and room for its own state. */
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "action.h"
#include "clinic/date.h"
#include "door.h"
#include "parse.h"
#include "xalloc.h"

int64_t action_user(const struct action *a)
{
    return a->session.user.id;
}

const char *action_user_id(const struct action *a)
{
    return a->session.user.public_id;
}

const char *action_session_id(const struct action *a)
{
    return a->session.public_id;
}

int64_t action_consult(const struct action *a)
{
    return a->access.consult;
}

const char *action_consult_id(const struct action *a)
{
    return a->consult_id;
}

const char *action_consult_state(const struct action *a)
{
    return a->access.state;
}

const char *action_address(const struct action *a)
{
    return a->address;
}

const char *action_cookie(const struct action *a)
{
    return a->cookie_in;
}

const struct store_user *action_who(const struct action *a)
{
    return &a->session.user;
}

const char *action_role(const struct action *a)
{
    return a->session.user.role;
}

int64_t action_clinic(const struct action *a)
{
    return a->session.user.clinic;
}

const struct doctor_access *action_doctor(const struct action *a)
{
    return &a->doctor;
}

const struct appointment_access *action_appointment(const struct action *a)
{
    return &a->appointment;
}

const struct prescription_access *action_prescription(const struct action *a)
{
    return &a->prescription;
}

struct api *action_api(const struct action *a)
{
    return a->api;
}

void *action_own(struct action *a, size_t size)
{
    if (a->own == NULL) {
        a->own = xalloc(size);
        a->own_size = size;
    }
    return a->own;
}

int action_keep(struct action *a, json_t *take)
{
    if (a->taken == NULL)
        a->taken = json_array();
    return json_array_append_new(a->taken, take) != 0 ? -ENOMEM : 0;
}

int action_unpack(struct action *a, const char *format, ...)
{
    json_error_t error;
    va_list args;
    int failed;

    va_start(args, format);
    failed = json_vunpack_ex(a->input, &error, 0, format, args);
    va_end(args);
    if (failed && a->detail == NULL)
        a->detail = xstrdup(error.text);        /* names the member, never a value                   */
    return failed ? -EINVAL : 0;
}

int action_take_int(struct action *a, const char *name, int64_t min, int64_t max, int64_t preset,
                    int64_t *ret_value)
{
    json_t *value = json_object_get(a->input, name);
    int64_t number = preset;
    int err = 0;

    if (json_is_integer(value)) {
        number = json_integer_value(value);
        err = number < min || number > max ? -EINVAL : 0;
    } else if (json_is_string(value)) {
        err = parse_int(json_string_value(value), min, max, &number);
    } else if (value != NULL) {
        err = -EINVAL;
    }
    if (err) {
        if (a->detail == NULL)
            a->detail =
                xprintf("%s must be a number from %lld to %lld", name, (long long)min, (long long)max);
        return -EINVAL;
    }
    (void)json_object_del(a->input, name);
    *ret_value = number;
    return 0;
}

int action_take_text(struct action *a, const char *name, size_t size_max, const char **ret_text)
{
    json_t *value = json_object_get(a->input, name);

    if (value != NULL && (!json_is_string(value) || json_string_length(value) > size_max))
        return -EINVAL;
    *ret_text = NULL;
    if (value == NULL)
        return 0;
    *ret_text = json_string_value(value);
    /* Taken out of the input, but it must live as long as the action. */
    if (action_keep(a, json_incref(value)) != 0)
        return -ENOMEM;
    return json_object_del(a->input, name);
}

int action_take_bool(struct action *a, const char *name, bool *ret_value)
{
    json_t *value = json_object_get(a->input, name);

    if (value != NULL && !json_is_boolean(value)) {
        if (a->detail == NULL)
            a->detail = xprintf("%s must be true or false", name);
        return -EINVAL;
    }
    *ret_value = json_is_true(value);
    (void)json_object_del(a->input, name);
    return 0;
}

int action_take_time(struct action *a, const char *name, int64_t preset, int64_t *ret_utc)
{
    json_t *value = json_object_get(a->input, name);
    int64_t utc = preset;

    if (value != NULL && (!json_is_string(value) || date_parse_utc(json_string_value(value), &utc) != 0)) {
        if (a->detail == NULL)
            a->detail = xprintf("%s must be an instant like 2026-11-24T09:30:00Z", name);
        return -EINVAL;
    }
    (void)json_object_del(a->input, name);
    *ret_utc = utc;
    return 0;
}

int action_mind(struct action *a, const char *detail)
{
    if (a->detail == NULL)
        a->detail = xstrdup(detail);
    return -EINVAL;
}

int action_end_input(struct action *a)
{
    if (json_object_size(a->input) == 0)
        return 0;
    return action_mind(a, "there are members or parameters that this does not know");
}
