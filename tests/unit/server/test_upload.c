/* test_upload.c - the header fields of tus 1.0 and of ranges. */
#include "test.h"

#include <errno.h>

#include "net/upload.h"

#define COUNT_OF(list) (sizeof(list) / sizeof *(list))

TEST(upload, metadata_is_pairs)
{
    const char *at = "name w6Q=,kind aW1hZ2U=,empty , flag";
    static const struct {
        const char *key, *value;
    } want[] = {
        { "name", "\xc3\xa4" },
        { "kind", "image" },
        { "empty", "" },
        { "flag", "" },
    };
    char key[UPLOAD_KEY_MAX], value[UPLOAD_VALUE_MAX];

    for (size_t i = 0; i < COUNT_OF(want); i++) {
        CHECK_INT(upload_metadata_next(&at, key, value), 1);
        CHECK_STR(key, want[i].key);
        CHECK_STR(value, want[i].value);
    }
    CHECK_INT(upload_metadata_next(&at, key, value), 0);
}

TEST(upload, metadata_of_another_shape_is_refused)
{
    static const char *const bad[] = { "name !",
                                       "name w6Q",
                                       " ",
                                       ",",
                                       "a YQ==,",
                                       "name AA==",
                                       "name YQ==YQ==",
                                       "a-name-that-is-longer-than-31-cha YQ==" };
    char key[UPLOAD_KEY_MAX], value[UPLOAD_VALUE_MAX], large[1000] = "a ";

    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        const char *at = bad[i];
        int more;

        while ((more = upload_metadata_next(&at, key, value)) > 0)
            ;
        if (more != -EINVAL)
            fail_msg("\"%s\" was taken", bad[i]);
    }
    for (size_t size = 680; size <= 684; size += 4) { /* 510 bytes, then 513               */
        const char *at = large;

        memset(large + 2, 'A' + 8, size);
        large[2 + size] = '\0';
        CHECK_INT(upload_metadata_next(&at, key, value), size == 680 ? 1 : -EINVAL);
    }
}

TEST(upload, a_range_is_one_and_within)
{
    static const struct {
        const char *header;
        int want;
        int64_t from, count;
    } cases[] = {
        { NULL, 0, 0, 0 },
        { "bytes=0-9", 1, 0, 10 },
        { "Bytes=5-", 1, 5, 95 },
        { "bytes=-7", 1, 93, 7 },
        { "bytes=-700", 1, 0, 100 },
        { "bytes=99-99", 1, 99, 1 },
        { "bytes=0-99999999999999999999", 1, 0, 100 },
        { "bytes=100-", -ERANGE, 0, 0 },
        { "bytes=-0", -ERANGE, 0, 0 },
        { "bytes=9-0", 0, 0, 0 },
        { "bytes=0-1,3-4", 0, 0, 0 },
        { "bytes=-", 0, 0, 0 },
        { "bytes=a-b", 0, 0, 0 },
        { "lines=0-1", 0, 0, 0 },
        { "bytes=", 0, 0, 0 },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int64_t from = 0, count = 0;

        CHECK_INT(upload_range_read(cases[i].header, 100, &from, &count), cases[i].want);
        CHECK_INT(from, cases[i].from);
        CHECK_INT(count, cases[i].count);
    }
}

TEST(upload, a_tag_is_named_whole_or_not)
{
    static const struct {
        const char *list;
        bool named;
    } cases[] = {
        { NULL, false },        { "", false },          { "*", true },       { "\"ab\"", true },
        { "W/\"ab\"", true },  { "ab", false },        { "\"abc\"", false }, { "\"a\"", false },
        { "\"x\", \"ab\"", true }, { "\"x\"ab\"", false }, { "\"", false },     { "\"ab", true },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++)
        if (upload_tag_is(cases[i].list, "ab") != cases[i].named)
            fail_msg("%s", cases[i].list);
}

TEST(upload, an_expiry_is_a_date_of_http)
{
    char at[UPLOAD_DATE_SIZE];

    upload_date_write(784111777, at);
    CHECK_STR(at, "Sun, 06 Nov 1994 08:49:37 GMT");
}
