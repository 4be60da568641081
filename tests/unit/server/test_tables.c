/* test_tables.c - every door has a permission, and one way to be answered. */
#include "api_fixture.h"

#include "openapi.h"

typedef void route_fn(const struct route *row);
typedef void event_fn(const struct live_event *row);

static int each_route(route_fn *visit)
{
    int count = 0;

    for (const struct route *const *table = route_tables; *table != NULL; table++)
        for (const struct route *row = *table; row->method != NULL; row++, count++)
            visit(row);
    return count;
}

static int each_event(event_fn *visit)
{
    int count = 0;

    for (const struct live_event *const *table = event_tables; *table != NULL; table++)
        for (const struct live_event *row = *table; row->name != NULL; row++, count++)
            visit(row);
    return count;
}

static void route_has_permission(const struct route *row)
{
    static const struct { enum policy_object object; const char *in_path; } objects[] = {
        { POLICY_CONSULT, "{consult}" },
        { POLICY_APPOINTMENT, "{appointment}" },
        { POLICY_DOCTOR, "{doctor}" },
        { POLICY_FILE, "{file}" },
    };

    if (row->may == MAY_NOBODY || row->may >= MAY_COUNT || row->may == IN_ROOM || row->may == IN_CALL)
        fail_msg("%s %s: %d is no permission of a route", row->method, row->path, (int)row->may);
    for (size_t i = 0; i < COUNT_OF(objects); i++) {
        bool is_in_path = strstr(row->path, objects[i].in_path) != NULL;

        if (strcmp(row->path, "/api/v1/appointments") == 0 || strcmp(row->path, "/api/v1/files") == 0)
            continue;                           /* it is in the body, or in a header field           */
        if ((policy_object(row->may) == objects[i].object) != is_in_path)
            fail_msg("%s %s: %s and the path disagree on %s", row->method, row->path, policy_name(row->may),
                     objects[i].in_path);
    }
}

static void event_has_permission(const struct live_event *row)
{
    bool relayed = row->may == IN_ROOM || row->may == IN_CALL;

    if (row->may == MAY_NOBODY || row->may >= MAY_COUNT || row->may == MAY_ANYBODY)
        fail_msg("%s: %d is no permission of an event", row->name, (int)row->may);
    if (relayed != (row->relay != NULL) || (row->run != NULL) == (row->relay != NULL))
        fail_msg("%s: either a function with a permission in the database, or a relay in a room", row->name);
}

TEST(tables, every_row_carries_a_permission)
{
    CHECK(each_route(route_has_permission) >= 15);
    CHECK(each_event(event_has_permission) >= 9);
}

static void route_has_one_way(const struct route *row)
{
    int ways = (row->run != NULL) + (row->steps != NULL) + (row->here != NULL);

    if (ways != 1)
        fail_msg("%s %s: %d of run, steps, here", row->method, row->path, ways);
    if (row->here != NULL && row->may != MAY_ANYBODY)
        fail_msg("%s %s: what is answered at once asks nobody who he is", row->method, row->path);
    if ((row->flags & SIGNED) != 0 && (row->may != MAY_ANYBODY || row->run == NULL))
        fail_msg("%s %s: who signs does not log in, and is heard behind the door", row->method, row->path);
    if ((row->flags & KEYED) != 0 && row->steps != NULL)
        fail_msg("%s %s: a key is around one function", row->method, row->path);
    if ((row->flags & VIEW) != 0 && (row->flags & READ) == 0)
        fail_msg("%s %s: a view is read", row->method, row->path);
    if ((row->flags & READ) != 0 && strcmp(row->method, "GET") != 0)
        fail_msg("%s %s: only GET reads", row->method, row->path);
    /* A login under way comes back by a GET; its cookie and its state say that it is his own. */
    if (strcmp(row->method, "GET") == 0 && row->here == NULL && (row->flags & (READ | FLOW)) == 0)
        fail_msg("%s %s: a GET that may write", row->method, row->path);
    if (strcmp(row->method, "GET") == 0 && row->steps == NULL && policy_needs_consult(row->may) &&
        (row->flags & VIEW) == 0)
        fail_msg("%s %s: a look at a consult that leaves no row", row->method, row->path);
}

TEST(tables, every_route_is_answered_in_one_way)
{
    (void)each_route(route_has_one_way);
}

static void steps_are_whole(const struct route *row)
{
    for (const struct step *step = row->steps; step != NULL && step->where != STEP_END; step++)
        if (step->run == NULL)
            fail_msg("%s %s: a step that does nothing", row->method, row->path);
}

TEST(tables, every_step_has_a_function)
{
    (void)each_route(steps_are_whole);
}

static struct desk *desk;
static const struct person *nobody_in;

/* A stranger to the consult is told that there is none, a stranger to the house that he must log in. */
static void stranger_is_refused(enum may may, const char *name)
{
    struct policy_who stranger = { .role = nobody_in->session.user.role }, nobody = { 0 };
    struct consult_access access;

    if (may == MAY_ANYBODY)
        return;
    if (policy_check(may, &nobody) != -EACCES)
        fail_msg("%s lets in who is not logged in", name);
    if (policy_needs_consult(may)) {
        CHECK_INT(store_consult_access(desk->s.db, desk->consult, nobody_in->session.user.id, &access),
                  -ENOENT);
        if (policy_check(may, &stranger) != -ENOENT)
            fail_msg("%s shows a stranger that the consult exists", name);
    }
}

static void route_refuses_strangers(const struct route *row)
{
    stranger_is_refused(row->may, row->path);
}

static void event_refuses_strangers(const struct live_event *row)
{
    stranger_is_refused(row->may, row->name);
}

TEST(tables, no_door_is_open_to_strangers)
{
    struct desk d;

    desk_open(&d);
    desk = &d;
    nobody_in = &d.stranger;
    (void)each_route(route_refuses_strangers);
    (void)each_event(event_refuses_strangers);
    desk_close(&d);
}

static void event_is_known_to_the_library(const struct live_event *row)
{
    for (const struct sio_event *e = desk->api->handlers.events; e->name != NULL; e++)
        if (e->data == row) {
            CHECK_STR(e->name, row->name);
            return;
        }
    fail_msg("%s is not handed to the library", row->name);
}

static void route_is_found(const struct route *row)
{
    struct router_match match;

    CHECK_INT(router_find(desk->api->router, row->method, row->path, &match), 0);
    CHECK(match.row == row);
}

TEST(tables, all_doors_are_built)
{
    struct desk d;

    desk_open(&d);
    desk = &d;
    (void)each_event(event_is_known_to_the_library);
    (void)each_route(route_is_found);
    desk_close(&d);
}

static void route_is_described(const struct route *row)
{
    json_t *paths = json_loads(openapi_json, 0, NULL), *methods, *method;
    char lower[8] = "";

    for (size_t i = 0; row->method[i] != '\0' && i < sizeof lower - 1; i++)
        lower[i] = (char)(row->method[i] | 0x20);
    methods = json_object_get(json_object_get(paths, "paths"), row->path);
    method = json_object_get(methods, lower);
    if (method == NULL)
        fail_msg("%s %s is not in openapi.json", row->method, row->path);
    json_decref(paths);
}

TEST(tables, every_route_is_described)
{
    (void)each_route(route_is_described);
}

static void path_is_routed(const char *path, json_t *methods)
{
    const char *method;
    json_t *described;

    json_object_foreach(methods, method, described) {
        bool found = strcmp(method, "parameters") == 0;

        for (const struct route *const *table = route_tables; *table != NULL; table++)
            for (const struct route *row = *table; row->method != NULL; row++)
                found = found || (strcasecmp(row->method, method) == 0 && strcmp(row->path, path) == 0);
        if (!found)
            fail_msg("openapi.json has %s %s, and no table", method, path);
    }
}

TEST(tables, every_described_route_is_there)
{
    json_t *document = json_loads(openapi_json, JSON_REJECT_DUPLICATES, NULL), *methods;
    const char *path;

    assert_non_null(document);
    json_object_foreach(json_object_get(document, "paths"), path, methods)
        path_is_routed(path, methods);
    json_decref(document);
}

/* An operation of that kind about "ask.NAME" (the server receives it) or "tell.NAME" (it sends it). */
static bool is_operation(json_t *document, const char *action, const char *kind, const char *name)
{
    char want[128];
    const char *key;
    json_t *operation;

    snprintf(want, sizeof want, "#/channels/live/messages/%s.%s", kind, name);
    json_object_foreach(json_object_get(document, "operations"), key, operation)
        if (strcmp(text_at(operation, "action"), action) == 0 && strcmp(text_at(operation, "messages.0.$ref"),
                                                                       want) == 0)
            return true;
    return false;
}

static bool is_event(const char *name)
{
    for (const struct live_event *const *table = event_tables; *table != NULL; table++)
        for (const struct live_event *row = *table; row->name != NULL; row++)
            if (strcmp(row->name, name) == 0)
                return true;
    return false;
}

static bool is_published(const char *name)
{
    for (const char *const *event = published_events; *event != NULL; event++)
        if (strcmp(*event, name) == 0)
            return true;
    return false;
}

TEST(tables, every_event_is_described_and_every_described_one_is_there)
{
    json_t *document = json_loads(asyncapi_json, JSON_REJECT_DUPLICATES, NULL), *message;
    const char *key;
    int count = 0;

    assert_non_null(document);
    for (const struct live_event *const *table = event_tables; *table != NULL; table++)
        for (const struct live_event *row = *table; row->name != NULL; row++, count++)
            if (!is_operation(document, "receive", "ask", row->name))
                fail_msg("asyncapi.json does not receive %s", row->name);
    for (const char *const *event = published_events; *event != NULL; event++, count++)
        if (!is_operation(document, "send", "tell", *event))
            fail_msg("asyncapi.json does not send %s", *event);
    json_object_foreach(json_object_get(json_object_get(json_object_get(document, "channels"), "live"),
                                        "messages"), key, message) {
        const char *name = text_at(message, "name");

        if ((strncmp(key, "ask.", 4) == 0 && !is_event(name)) ||
            (strncmp(key, "tell.", 5) == 0 && !is_published(name)))
            fail_msg("asyncapi.json has %s, and no table", key);
    }
    CHECK_INT(json_object_size(json_object_get(document, "operations")), count);
    json_decref(document);
}
