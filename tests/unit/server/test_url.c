/* test_url.c - paths and queries, decoded strictly: what could mean two things is refused. */
#include <errno.h>

#include "test.h"
#include "sio_http.h"
#include "url.h"

struct path_case { const char *raw; int want; const char *decoded; };

static const struct path_case paths[] = {
    { "/", 1, "/" },
    { "/a/b", 4, "/a/b" },
    { "/a//b/", 6, "/a//b/" },
    { "/a%20b", 4, "/a b" },
    { "/%41%7a", 3, "/Az" },
    { "/%e5%8c%bb", 4, "/\xe5\x8c\xbb" },
    { "/\xe5\x8c\xbb", 4, "/\xe5\x8c\xbb" },
    { "/a+b", 4, "/a+b" },                      /* a plus is a plus: only forms write spaces so    */
    { "/...", 4, "/..." },
    { "/.hidden", 8, "/.hidden" },
    { "/a..b", 5, "/a..b" },
    { "", -EINVAL, NULL },
    { "a", -EINVAL, NULL },
    { "*", -EINVAL, NULL },
    { "http://h/", -EINVAL, NULL },
    { "/%", -EINVAL, NULL },
    { "/%4", -EINVAL, NULL },
    { "/%4g", -EINVAL, NULL },
    { "/%g4", -EINVAL, NULL },
    { "/%%20", -EINVAL, NULL },
    { "/%00", -EINVAL, NULL },
    { "/a%2Fb", -EINVAL, NULL },
    { "/a%2fb", -EINVAL, NULL },
    { "/a%5Cb", -EINVAL, NULL },
    { "/a\\b", -EINVAL, NULL },
    { "/a\nb", -EINVAL, NULL },
    { "/a%0d%0aSet-Cookie:x", -EINVAL, NULL },
    { "/a%7f", -EINVAL, NULL },
    { "/.", -EINVAL, NULL },
    { "/..", -EINVAL, NULL },
    { "/../etc/passwd", -EINVAL, NULL },
    { "/a/../b", -EINVAL, NULL },
    { "/a/./b", -EINVAL, NULL },
    { "/a/..", -EINVAL, NULL },
    { "/%2e%2e/b", -EINVAL, NULL },
    { "/a/%2E", -EINVAL, NULL },
    { "/.%2e/", -EINVAL, NULL },
    { "/%ff", -EINVAL, NULL },
    { "/%c0%af", -EINVAL, NULL },               /* an overlong slash                                */
    { "/%e5%8c", -EINVAL, NULL },
    { "/%ed%a0%80", -EINVAL, NULL },            /* half a surrogate pair                            */
};

TEST(url_path, is_decoded_or_refused)
{
    char at[64];

    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        int got = url_path_decode(paths[i].raw, at, sizeof at);

        if (got != paths[i].want)
            fail_msg("%s: %d, not %d", paths[i].raw, got, paths[i].want);
        if (got >= 0)
            CHECK_STR(at, paths[i].decoded);
    }
}

TEST(url_path, needs_room_for_its_nul)
{
    char at[4];

    CHECK_INT(url_path_decode("/ab", at, 4), 3);
    CHECK_INT(url_path_decode("/abc", at, 4), -ENAMETOOLONG);
    CHECK_INT(url_path_decode("/%61%62", at, 4), 3);
}

struct query_case { const char *query, *name; int want; const char *value; };

static const struct query_case queries[] = {
    { "a=1", "a", 1, "1" },
    { "a=1&b=2", "b", 1, "2" },
    { "b=2&a=1&", "a", 1, "1" },
    { "a=", "a", 0, "" },
    { "&&a=1", "a", 1, "1" },
    { "a=1=2", "a", 3, "1=2" },
    { "a=x+y%20z%2B", "a", 6, "x y z+" },
    { "a=%e5%8c%bb", "a", 3, "\xe5\x8c\xbb" },
    { "a=%2F..", "a", 3, "/.." },               /* a value is no path                               */
    { "aa=1", "a", -ENOENT, NULL },
    { "b=a=1", "a", -ENOENT, NULL },
    { "", "a", -ENOENT, NULL },
    { "A=1", "a", -ENOENT, NULL },
    { "a=1&a=1", "a", -EEXIST, NULL },
    { "a=1&b=1&a=2", "a", -EEXIST, NULL },
    { "a=%", "a", -EINVAL, NULL },
    { "a=%4&b=1", "a", -EINVAL, NULL },
    { "a=%&41=1", "a", -EINVAL, NULL },
    { "a=%00", "a", -EINVAL, NULL },
    { "a=%ff", "a", -EINVAL, NULL },
    { "a=%e5%8c", "a", -EINVAL, NULL },
    { "a=%e5&b=%8c%bb", "a", -EINVAL, NULL },
    { "a=12345678", "a", -ENAMETOOLONG, NULL },
};

TEST(url_query, is_found_and_decoded_or_refused)
{
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
        char at[8] = "before";
        int got = sio_http_query_find(queries[i].query, queries[i].name, at, sizeof at);

        if (got != queries[i].want)
            fail_msg("%s: %d, not %d", queries[i].query, got, queries[i].want);
        CHECK_STR(at, got >= 0 ? queries[i].value : "before");
    }
}
