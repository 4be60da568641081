/* test_router.c - which row a method and a path belong to. */
#include <errno.h>
#include <stdio.h>

#include "router.h"
#include "test.h"

struct row { const char *method, *pattern; };

static const struct row rows[] = {
    { "GET", "/" },
    { "GET", "/a" },
    { "POST", "/a" },
    { "GET", "/a/{id}" },
    { "DELETE", "/a/{id}" },
    { "POST", "/a/new" },
    { "GET", "/a/{id}/b" },
    { "GET", "/a/{id}/{part}" },
    { "GET", "/a/new/{x}" },
    { "HEAD", "/h" },
    { "GET", "/h" },
    { "GET", "/x/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}" },
};

struct find_case { const char *method, *path; int want, row; const char *says; };

static const struct find_case cases[] = {
    { "GET", "/", 0, 0, "" },
    { "GET", "/a", 0, 1, "" },
    { "POST", "/a", 0, 2, "" },
    { "HEAD", "/a", 0, 1, "" },
    { "HEAD", "/h", 0, 9, "" },
    { "GET", "/a/7", 0, 3, "id=7" },
    { "DELETE", "/a/7", 0, 4, "id=7" },
    { "POST", "/a/new", 0, 5, "" },
    { "GET", "/a/7/b", 0, 6, "id=7" },
    { "GET", "/a/7/c", 0, 7, "id=7 part=c" },
    { "GET", "/a/new/b", 0, 8, "x=b" },         /* the leftmost literal wins                        */
    { "GET", "/a/\xe5\x8c\xbb", 0, 3, "id=\xe5\x8c\xbb" },
    { "GET", "/a/{id}", 0, 3, "id={id}" },
    { "GET", "/x/1/2/3/4/5/6/7/8", 0, 11, "a=1 b=2 c=3 d=4 e=5 f=6 g=7 h=8" },
    { "GET", "/a/", -ENOENT, 0, NULL },         /* a parameter is never empty                       */
    { "GET", "/a//b", -ENOENT, 0, NULL },
    { "GET", "//", -ENOENT, 0, NULL },
    { "GET", "/b", -ENOENT, 0, NULL },
    { "GET", "/A", -ENOENT, 0, NULL },
    { "GET", "/a/7/b/", -ENOENT, 0, NULL },
    { "GET", "/a/7/c/d", -ENOENT, 0, NULL },
    { "GET", "/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17", -ENOENT, 0, NULL },
    { "GET", "*", -ENOENT, 0, NULL },
    { "GET", "", -ENOENT, 0, NULL },
    { "PUT", "/a", -ENOTSUP, 0, "GET, HEAD, POST" },
    { "PUT", "/a/7", -ENOTSUP, 0, "GET, HEAD, DELETE" },
    { "GET", "/a/new", -ENOTSUP, 0, "POST" },   /* the path is chosen first, then the method        */
    { "HEAD", "/a/new", -ENOTSUP, 0, "POST" },
    { "POST", "/h", -ENOTSUP, 0, "HEAD, GET" },
    { "get", "/a", -ENOTSUP, 0, "GET, HEAD, POST" },
};

static void add_all(struct router *r)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        CHECK_INT(router_add(r, rows[i].method, rows[i].pattern, &rows[i]), 0);
}

static void say(const struct router_match *m, char *at, size_t size)
{
    at[0] = '\0';
    for (int i = 0; i < m->params_count; i++) {
        size_t used = strlen(at);

        (void)snprintf(at + used, size - used, "%s%s=%s", i > 0 ? " " : "", m->params[i].name,
                       m->params[i].value);
    }
}

static void check(const struct router *r, const struct find_case *c)
{
    struct router_match match;
    char says[256];
    int got = router_find(r, c->method, c->path, &match);

    if (got != c->want)
        fail_msg("%s %s: %d, not %d", c->method, c->path, got, c->want);
    if (got == -ENOTSUP)
        CHECK_STR(match.allow, c->says);
    if (got != 0)
        return;
    if (match.row != &rows[c->row])
        fail_msg("%s %s: %s", c->method, c->path, ((const struct row *)match.row)->pattern);
    say(&match, says, sizeof says);
    CHECK_STR(says, c->says);
}

TEST(router, finds_the_row)
{
    struct router *r = router_new();

    add_all(r);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check(r, &cases[i]);
    router_free(r);
}

TEST(router, does_not_depend_on_the_order_of_rows)
{
    struct router *r = router_new();

    for (size_t i = sizeof rows / sizeof *rows; i-- > 0;)
        CHECK_INT(router_add(r, rows[i].method, rows[i].pattern, &rows[i]), 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (cases[i].want == 0)
            check(r, &cases[i]);
    router_free(r);
}

static const struct { const char *pattern; int want; } patterns[] = {
    { "/ok/{x}", 0 },
    { "/ok/{y}", -EEXIST },                     /* the same shape                                   */
    { "/ok/{x}/", 0 },
    { "/ok", 0 },
    { "", -EINVAL },
    { "a", -EINVAL },
    { "/{}", -EINVAL },
    { "/{x", -EINVAL },
    { "/x}", -EINVAL },
    { "/a{x}", -EINVAL },
    { "/{x}b", -EINVAL },
    { "/{x}/{x}", -EINVAL },
    { "/{{x}}", -EINVAL },
    { "/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}/{i}", -EINVAL },
    { "/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17", -EINVAL },
};

TEST(router, refuses_patterns_it_could_not_mean)
{
    struct router *r = router_new();

    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++)
        if (router_add(r, "GET", patterns[i].pattern, NULL) != patterns[i].want)
            fail_msg("%s: not %d", patterns[i].pattern, patterns[i].want);
    router_free(r);
}

TEST(router, gives_a_parameter_by_its_name)
{
    struct router *r = router_new();
    struct router_match match;

    add_all(r);
    CHECK_INT(router_find(r, "GET", "/a/7/c", &match), 0);
    CHECK_STR(router_param(&match, "part"), "c");
    CHECK(router_param(&match, "parts") == NULL);
    router_free(r);
}

TEST(router, does_not_know_a_path_longer_than_its_room)
{
    char path[ROUTER_PATH_MAX + 1] = "/a/";
    struct router *r = router_new();
    struct router_match match;

    add_all(r);
    memset(path + 3, 'x', sizeof path - 4);
    path[ROUTER_PATH_MAX] = '\0';
    CHECK_INT(router_find(r, "GET", path, &match), -ENOENT);
    path[ROUTER_PATH_MAX - 1] = '\0';
    CHECK_INT(router_find(r, "GET", path, &match), 0);
    CHECK_INT(strlen(router_param(&match, "id")), ROUTER_PATH_MAX - 1 - 3);
    router_free(r);
}
