/* test_file_type.c - what a file is, by its bytes; and names that do no harm. */
#include "test.h"

#include <errno.h>

#include "api/file_type.h"

#define COUNT_OF(list) (sizeof(list) / sizeof *(list))

TEST(file_type, is_found_by_the_beginning_and_the_kind)
{
    static const struct {
        const char *bytes;
        size_t size;
        const char *kind, *mime;
        int err;
    } cases[] = {
        { "\xff\xd8\xff\xe0", 4, "image", "image/jpeg", 0 },
        { "\xff\xd8\xff\xe0", 4, "file", "image/jpeg", 0 },
        { "\xff\xd8\xff\xe0", 4, "voice", NULL, -EMEDIUMTYPE },
        { "\xff\xd8", 2, "image", NULL, -EMEDIUMTYPE },
        { "GIF89a<script>", 14, "image", "image/gif", 0 },
        { "RIFFxxxxWAVE", 12, "image", NULL, -EMEDIUMTYPE },
        { "RIFFxxxxWEBP", 12, "image", "image/webp", 0 },
        { "%PDF-1.7", 8, "file", "application/pdf", 0 },
        { "%PDF-1.7", 8, "image", NULL, -EMEDIUMTYPE },
        { " %PDF-1.7", 9, "file", NULL, -EMEDIUMTYPE },
        { "\0\0\0\x18"
          "ftypheic",
          12, "image", NULL, -ENOMEDIUM },
        { "\0\0\0\x18"
          "ftypmif1",
          12, "file", NULL, -ENOMEDIUM },
        { "\0\0\0\x18"
          "ftypM4A ",
          12, "voice", "audio/mp4", 0 },
        { "\0\0\0\x1c"
          "ftypiso6",
          12, "voice", "audio/mp4", 0 },
        { "\0\0\0\x1c"
          "ftypqt  ",
          12, "voice", NULL, -EMEDIUMTYPE },
        { "<svg xmlns=", 11, "image", NULL, -EMEDIUMTYPE },
        { "", 0, "image", NULL, -EMEDIUMTYPE },
        { "%PDF-1.7", 8, "fil", NULL, -EMEDIUMTYPE },
        { "%PDF-1.7", 8, "", NULL, -EMEDIUMTYPE },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct file_type *type = NULL;

        CHECK_INT(file_type_find(cases[i].bytes, cases[i].size, cases[i].kind, &type), cases[i].err);
        if (cases[i].err == 0) {
            CHECK_STR(type->mime, cases[i].mime);
            CHECK(file_type_of(cases[i].mime) != NULL);
        }
    }
    CHECK(file_type_of("text/html") == NULL);
}

TEST(file_type, a_name_is_its_last_part_without_what_cannot_be_seen)
{
    static const struct {
        const char *name, *want;
    } cases[] = {
        { "a.png", "a.png" },
        { "/etc/passwd", "passwd" },
        { "..\\x", "x" },
        { "a/", "file" },
        { "", "file" },
        { "...", "file" },
        { ".bashrc", "bashrc" },
        { "a\r\nb", "ab" },
        { "a\x7f", "a" },
        { "\xe2\x80\xae"
          "gnp.exe",
          "gnp.exe" },
        { "\xe7\x85\xa7\xe7\x89\x87", "\xe7\x85\xa7\xe7\x89\x87" },
        { "a\xc2\x85"
          "b",
          "ab" },
        { "\xef\xbb\xbf"
          "a",
          "a" },
        { "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80" },
        { "a\xe2", "a" },
    };
    char clean[FILE_NAME_MAX + 1], large[300];

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        file_name_clean(cases[i].name, clean);
        CHECK_STR(clean, cases[i].want);
    }
    memset(large, 'a', sizeof large - 1);
    large[sizeof large - 1] = '\0';
    file_name_clean(large, clean);
    CHECK_INT(strlen(clean), FILE_NAME_MAX);
    memcpy(large + FILE_NAME_MAX - 1, "\xe7\x85\xa7", 3); /* it would not fit: it is left out      */
    file_name_clean(large, clean);
    CHECK_INT(strlen(clean), FILE_NAME_MAX - 1);
}
