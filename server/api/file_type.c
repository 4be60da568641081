/* file_type.c - a table of beginnings. */
#include "file_type.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define PICTURE " image file "

static const struct {
    struct file_type type;
    size_t at; /* where the mark stands                             */
    const char *mark;
    size_t size;
    const char *also; /* at `also_at`, or NULL                             */
    size_t also_at;
} beginnings[] = {
    { { "image/jpeg", PICTURE, true }, 0, "\xff\xd8\xff", 3, NULL, 0 },
    { { "image/png", PICTURE, true }, 0, "\x89PNG\r\n\x1a\n", 8, "IHDR", 12 },
    { { "image/webp", PICTURE, true }, 0, "RIFF", 4, "WEBP", 8 },
    { { "image/gif", PICTURE, true }, 0, "GIF87a", 6, NULL, 0 },
    { { "image/gif", PICTURE, true }, 0, "GIF89a", 6, NULL, 0 },
    { { "application/pdf", " file ", false }, 0, "%PDF-", 5, NULL, 0 },
    { { "audio/webm", " voice ", true }, 0, "\x1a\x45\xdf\xa3", 4, NULL, 0 },
    { { "audio/ogg", " voice ", true }, 0, "OggS", 4, NULL, 0 },
    { { "audio/mp4", " voice ", true }, 4, "ftypM4A ", 8, NULL, 0 },
    { { "audio/mp4", " voice ", true }, 4, "ftypisom", 8, NULL, 0 },
    { { "audio/mp4", " voice ", true }, 4, "ftypiso2", 8, NULL, 0 },
    { { "audio/mp4", " voice ", true }, 4, "ftypiso5", 8, NULL, 0 },
    { { "audio/mp4", " voice ", true }, 4, "ftypiso6", 8, NULL, 0 },
    { { "audio/mp4", " voice ", true }, 4, "ftypmp41", 8, NULL, 0 },
    { { "audio/mp4", " voice ", true }, 4, "ftypmp42", 8, NULL, 0 },
    { { "audio/mp4", " voice ", true }, 4, "ftypdash", 8, NULL, 0 },
};
enum { BEGINNINGS = sizeof beginnings / sizeof *beginnings };

static bool stands(const char *bytes, size_t size, size_t at, const char *mark, size_t mark_size)
{
    return size >= at + mark_size && memcmp(bytes + at, mark, mark_size) == 0;
}

static bool is_heic(const char *bytes, size_t size)
{
    static const char *const brands[] = { "heic", "heix", "hevc", "heim", "heis", "mif1", "msf1" };

    for (size_t i = 0; i < sizeof brands / sizeof *brands; i++)
        if (stands(bytes, size, 4, "ftyp", 4) && stands(bytes, size, 8, brands[i], 4))
            return true;
    return false;
}

static bool may_be(const struct file_type *type, const char *kind)
{
    char between[16];

    return snprintf(between, sizeof between, " %s ", kind) < (int)sizeof between &&
           strstr(type->kinds, between) != NULL;
}

int file_type_find(const void *at, size_t size, const char *kind, const struct file_type **ret_type)
{
    if (is_heic(at, size))
        return -ENOMEDIUM;
    for (size_t i = 0; i < BEGINNINGS; i++)
        if (stands(at, size, beginnings[i].at, beginnings[i].mark, beginnings[i].size) &&
            (beginnings[i].also == NULL || stands(at, size, beginnings[i].also_at, beginnings[i].also, 4)) &&
            may_be(&beginnings[i].type, kind)) {
            *ret_type = &beginnings[i].type;
            return 0;
        }
    return -EMEDIUMTYPE;
}

const struct file_type *file_type_of(const char *mime)
{
    for (size_t i = 0; i < BEGINNINGS; i++)
        if (strcmp(beginnings[i].type.mime, mime) == 0)
            return &beginnings[i].type;
    return NULL;
}

/* The code point at `at`; its size, 1 for what is no UTF-8. */
static size_t code_point(const unsigned char *at, uint32_t *ret_code)
{
    size_t size = *at < 0x80 ? 1 : *at < 0xe0 ? 2 : *at < 0xf0 ? 3 : 4;
    uint32_t code = size == 1 ? *at : *at & (0xffU >> (size + 1));

    for (size_t i = 1; i < size; i++) {
        if ((at[i] & 0xc0) != 0x80) {
            *ret_code = 0;
            return 1;
        }
        code = code << 6 | (at[i] & 0x3f);
    }
    *ret_code = code;
    return size;
}

/* Controls, marks of direction (Unicode Bidi_Control), and what cannot be seen. */
static bool is_unwanted(uint32_t code)
{
    return code < 0x20 || (code >= 0x7f && code <= 0x9f) || code == 0x61c ||
           (code >= 0x200b && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) ||
           (code >= 0x2060 && code <= 0x2069) || code == 0xfeff;
}

void file_name_clean(const char *name, char clean[FILE_NAME_MAX + 1])
{
    size_t used = 0;

    for (const char *at = name; *at != '\0'; at++)
        if (*at == '/' || *at == '\\')
            name = at + 1;
    while (*name != '\0') {
        uint32_t code;
        size_t size = code_point((const unsigned char *)name, &code);
        bool leads = used == 0 && (*name == '.' || *name == ' ');

        if (used + size > FILE_NAME_MAX)
            break;
        if (!is_unwanted(code) && !leads) {
            memcpy(clean + used, name, size);
            used += size;
        }
        name += size;
    }
    if (used == 0) {
        memcpy(clean, "file", 4);
        used = 4;
    }
    clean[used] = '\0';
}
