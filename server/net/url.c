/* url.c - one strict way to undo escapes; what could mean two things to two programs is refused. */
#include "url.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "sio_http.h"
#include "utf8.h"

static int digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The byte at *at, which moves behind it; -1: a broken escape. */
static int next_byte(const char **at)
{
    const char *p = *at;

    if (*p != '%') {
        *at = p + 1;
        return (unsigned char)*p;
    }
    int high = digit(p[1]), low = high < 0 ? -1 : digit(p[2]);
    if (low < 0)
        return -1;
    *at = p + 3;
    return high * 16 + low;
}

static bool is_utf8(const char *text, size_t size)
{
    struct utf8 check = { 0 };

    return utf8_check(&check, (struct ws_bytes){ text, size }) == 0 && utf8_whole(&check);
}

static bool is_control(int byte)
{
    return byte < 0x20 || byte == 0x7f;
}

static bool has_dot_segment(const char *path)
{
    for (const char *at = path; at != NULL; at = strchr(at, '/')) {
        if (*at == '/')
            at++;
        size_t size = strcspn(at, "/");
        if ((size == 1 && at[0] == '.') || (size == 2 && at[0] == '.' && at[1] == '.'))
            return true;
    }
    return false;
}

int url_path_decode(const char *raw, char *at, size_t size)
{
    size_t used = 0;

    if (*raw != '/')
        return -EINVAL;
    while (*raw != '\0') {
        bool escaped = *raw == '%';
        int byte = next_byte(&raw);

        if (byte < 0 || is_control(byte) || byte == '\\' || (escaped && byte == '/'))
            return -EINVAL;
        if (used + 1 >= size)
            return -ENAMETOOLONG;
        at[used++] = (char)byte;
    }
    at[used] = '\0';
    return has_dot_segment(at) || !is_utf8(at, used) ? -EINVAL : (int)used;
}

/* Decodes up to `end` without writing when `at` is NULL; the length or -errno. */
static int decode_value(const char *raw, const char *end, char *at, size_t size)
{
    struct utf8 utf8 = { 0 };
    size_t used = 0;

    while (raw < end) {
        bool plus = *raw == '+';
        int byte = next_byte(&raw);
        char one = (char)(plus ? ' ' : byte);

        if (byte <= 0 || raw > end || utf8_check(&utf8, (struct ws_bytes){ &one, 1 }) != 0)
            return -EINVAL;
        if (used + 1 >= size)
            return -ENAMETOOLONG;
        if (at != NULL)
            at[used] = one;
        used++;
    }
    return utf8_whole(&utf8) ? (int)used : -EINVAL;
}

int sio_http_query_find(const char *query, const char *name, char *at, size_t size)
{
    size_t name_size = strlen(name);
    const char *found = NULL, *found_end = NULL;
    int used;

    for (const char *item = query; *item != '\0';) {
        const char *end = item + strcspn(item, "&");
        size_t key = strcspn(item, "=&");

        if (key == name_size && memcmp(item, name, key) == 0) {
            if (found != NULL)
                return -EEXIST;
            found = item[key] == '=' ? item + key + 1 : end;
            found_end = end;
        }
        item = *end == '&' ? end + 1 : end;
    }
    if (found == NULL)
        return -ENOENT;
    used = decode_value(found, found_end, NULL, size);
    if (used < 0)
        return used;
    (void)decode_value(found, found_end, at, size);
    at[used] = '\0';
    return used;
}
