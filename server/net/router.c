/* router.c - patterns cut into segments once; a path is held against all of them. Tables of services have
 * some dozen rows, so a walk through them costs less than reading a request's head. */
#include "router.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SEGMENTS_MAX = 16 };

struct segment { const char *text; size_t size; bool is_param; };
struct segments { struct segment all[SEGMENTS_MAX]; int count; };

struct pattern {
    const char *method;
    const void *row;
    char       *text;                           /* our copy; NULs behind the names of parameters    */
    struct segments segments;
};

struct router { struct pattern *all; size_t count, capacity; };

struct router *router_new(void)
{
    return calloc(1, sizeof(struct router));
}

void router_free(struct router *r)
{
    if (r == NULL)
        return;
    for (size_t i = 0; i < r->count; i++)
        free(r->all[i].text);
    free(r->all);
    free(r);
}

/* "/a//b/" is "a", "", "b", "". */
static int split(const char *path, struct segments *ret_segments)
{
    struct segments s = { .count = 0 };

    if (*path != '/')
        return -EINVAL;
    while (*path == '/') {
        size_t size = strcspn(++path, "/");
        if (s.count == SEGMENTS_MAX)
            return -EINVAL;
        s.all[s.count++] = (struct segment){ path, size, false };
        path += size;
    }
    *ret_segments = s;
    return 0;
}

/* Patterns. */

static bool is_named(const struct segments *s, int end, const struct segment *name)
{
    for (int i = 0; i < end; i++)
        if (s->all[i].is_param && s->all[i].size == name->size
            && memcmp(s->all[i].text, name->text, name->size) == 0)
            return true;
    return false;
}

/* "{x}" is a parameter x; a brace anywhere else is a mistake. */
static int read_params(struct segments *s)
{
    int params = 0;

    for (int i = 0; i < s->count; i++) {
        struct segment *at = &s->all[i];

        if (at->size > 2 && at->text[0] == '{' && at->text[at->size - 1] == '}')
            *at = (struct segment){ at->text + 1, at->size - 2, true };
        if (memchr(at->text, '{', at->size) != NULL || memchr(at->text, '}', at->size) != NULL)
            return -EINVAL;
        if (at->is_param && (++params > ROUTER_PARAMS_MAX || is_named(s, i, at)))
            return -EINVAL;
    }
    return 0;
}

static bool is_same_shape(const struct segments *a, const struct segments *b)
{
    if (a->count != b->count)
        return false;
    for (int i = 0; i < a->count; i++) {
        if (a->all[i].is_param != b->all[i].is_param)
            return false;
        if (!a->all[i].is_param && (a->all[i].size != b->all[i].size
                                    || memcmp(a->all[i].text, b->all[i].text, a->all[i].size) != 0))
            return false;
    }
    return true;
}

static const struct pattern *find_method(const struct router *r, const struct segments *shape,
                                         const char *method)
{
    for (size_t i = 0; i < r->count; i++)
        if (strcmp(r->all[i].method, method) == 0 && is_same_shape(&r->all[i].segments, shape))
            return &r->all[i];
    return NULL;
}

static int reserve(struct router *r)
{
    size_t capacity = r->capacity == 0 ? 32 : r->capacity * 2;
    struct pattern *all;

    if (r->count < r->capacity)
        return 0;
    all = realloc(r->all, capacity * sizeof *all);
    if (all == NULL)
        return -ENOMEM;
    r->all = all;
    r->capacity = capacity;
    return 0;
}

int router_add(struct router *r, const char *method, const char *pattern, const void *row)
{
    struct pattern p = { .method = method, .row = row };
    int err;

    p.text = strdup(pattern);
    if (p.text == NULL || reserve(r) != 0) {
        free(p.text);
        return -ENOMEM;
    }
    err = split(p.text, &p.segments);
    if (err == 0)
        err = read_params(&p.segments);
    if (err == 0 && find_method(r, &p.segments, method) != NULL)
        err = -EEXIST;
    if (err) {
        free(p.text);
        return err;
    }
    for (int i = 0; i < p.segments.count; i++)
        if (p.segments.all[i].is_param)
            p.text[p.segments.all[i].text - p.text + (ptrdiff_t)p.segments.all[i].size] = '\0';
    r->all[r->count++] = p;
    return 0;
}

/* Finding. */

static bool fits(const struct segments *pattern, const struct segments *path)
{
    if (pattern->count != path->count)
        return false;
    for (int i = 0; i < path->count; i++) {
        const struct segment *want = &pattern->all[i], *got = &path->all[i];

        if (want->is_param ? got->size == 0
                           : want->size != got->size || memcmp(want->text, got->text, got->size) != 0)
            return false;
    }
    return true;
}

/* Of two that fit the same path: the literal wins, from the left. */
static bool is_better(const struct segments *a, const struct segments *b)
{
    for (int i = 0; i < a->count; i++)
        if (a->all[i].is_param != b->all[i].is_param)
            return b->all[i].is_param;
    return false;
}

static const struct segments *find_shape(const struct router *r, const struct segments *path)
{
    const struct segments *best = NULL;

    for (size_t i = 0; i < r->count; i++)
        if (fits(&r->all[i].segments, path) && (best == NULL || is_better(&r->all[i].segments, best)))
            best = &r->all[i].segments;
    return best;
}

static void add_allowed(struct router_match *m, const char *method)
{
    size_t size = strlen(m->allow);
    int added = snprintf(m->allow + size, sizeof m->allow - size, "%s%s", size > 0 ? ", " : "", method);

    if (added < 0 || (size_t)added >= sizeof m->allow - size)
        m->allow[size] = '\0';
}

static void list_methods(const struct router *r, const struct segments *shape, struct router_match *m)
{
    bool has_head = find_method(r, shape, "HEAD") != NULL;

    m->allow[0] = '\0';
    for (size_t i = 0; i < r->count; i++) {
        if (!is_same_shape(&r->all[i].segments, shape))
            continue;
        add_allowed(m, r->all[i].method);
        if (strcmp(r->all[i].method, "GET") == 0 && !has_head)
            add_allowed(m, "HEAD");
    }
}

/* `path` is cut inside the match itself, so that its values end with a NUL. */
static void fill(const struct pattern *p, const struct segments *path, const char *text,
                 struct router_match *m)
{
    memcpy(m->path, text, strlen(text) + 1);
    m->row = p->row;
    m->params_count = 0;
    for (int i = 0; i < path->count; i++) {
        char *value = m->path + (path->all[i].text - text);

        value[path->all[i].size] = '\0';
        if (!p->segments.all[i].is_param)
            continue;
        m->params[m->params_count].name = p->segments.all[i].text;
        m->params[m->params_count++].value = value;
    }
}

int router_find(const struct router *r, const char *method, const char *path, struct router_match *ret_match)
{
    struct segments segments;
    const struct segments *shape;
    const struct pattern *p;

    if (strlen(path) >= ROUTER_PATH_MAX || split(path, &segments) != 0)
        return -ENOENT;
    shape = find_shape(r, &segments);
    if (shape == NULL)
        return -ENOENT;
    p = find_method(r, shape, method);
    if (p == NULL && strcmp(method, "HEAD") == 0)
        p = find_method(r, shape, "GET");
    if (p == NULL) {
        list_methods(r, shape, ret_match);
        return -ENOTSUP;
    }
    fill(p, &segments, path, ret_match);
    return 0;
}

const char *router_param(const struct router_match *m, const char *name)
{
    for (int i = 0; i < m->params_count; i++)
        if (strcmp(m->params[i].name, name) == 0)
            return m->params[i].value;
    return NULL;
}
