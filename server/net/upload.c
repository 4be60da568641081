/* upload.c - the header fields of tus 1.0 and of ranges. */
#include "upload.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base64.h"
#include "http_reply.h"

int upload_metadata_next(const char **at, char key[UPLOAD_KEY_MAX], char value[UPLOAD_VALUE_MAX])
{
    const char *from = *at + strspn(*at, " ");
    size_t key_size = strcspn(from, " ,"), size = 0, coded;

    if (*from == '\0')
        return from == *at || (*at)[0] == '\0' ? 0 : -EINVAL;
    if (key_size == 0 || key_size >= UPLOAD_KEY_MAX)
        return -EINVAL;
    memcpy(key, from, key_size);
    key[key_size] = '\0';
    from += key_size;
    from += *from == ' ';
    coded = strcspn(from, ",");
    if (base64_decoded_max(coded) >= UPLOAD_VALUE_MAX || base64_decode(from, coded, value, &size) != 0)
        return -EINVAL;
    value[size] = '\0';
    if (strlen(value) != size)
        return -EINVAL;
    from += coded;
    if (*from == ',' && from[1 + strspn(from + 1, " ")] == '\0')
        return -EINVAL; /* a comma that nothing follows                      */
    *at = from + (*from == ',');
    return 1;
}

/* Digits, at least one; what is too large is the largest. */
static bool number_read(const char **at, int64_t *ret_number)
{
    const char *from = *at;
    int64_t number = 0;

    for (; **at >= '0' && **at <= '9'; (*at)++)
        number = number > INT64_MAX / 10 - 1 ? INT64_MAX / 10 : number * 10 + (**at - '0');
    *ret_number = number;
    return *at > from;
}

int upload_range_read(const char *header, int64_t size, int64_t *ret_from, int64_t *ret_count)
{
    const char *at = header;
    int64_t from = 0, last = size - 1;
    bool has_from, has_last;

    if (header == NULL || strncasecmp(header, "bytes=", 6) != 0)
        return 0;
    at += 6;
    has_from = number_read(&at, &from);
    if (*at++ != '-')
        return 0;
    has_last = number_read(&at, &last);
    if (*at != '\0' || (!has_from && !has_last) || (has_from && has_last && last < from))
        return 0;
    if (!has_from) { /* the last so many                                  */
        if (last == 0)
            return -ERANGE;
        from = last < size ? size - last : 0;
        last = size - 1;
    }
    if (!has_last || last >= size)
        last = size - 1;
    if (from >= size)
        return -ERANGE;
    *ret_from = from;
    *ret_count = last - from + 1;
    return 1;
}

/* Compared weakly, where W/ says nothing (RFC 9110, 13.1.2). */
bool upload_tag_is(const char *list, const char *tag)
{
    size_t size = strlen(tag);

    if (list != NULL && strcmp(list, "*") == 0)
        return true;
    for (const char *at = list; at != NULL && (at = strchr(at, '"')) != NULL;) {
        size_t one = strcspn(at + 1, "\"");

        if (one == size && memcmp(at + 1, tag, size) == 0)
            return true;
        at += 1 + one;
        at += *at == '"';
    }
    return false;
}

void upload_date_write(int64_t utc, char at[UPLOAD_DATE_SIZE])
{
    static_assert((int)UPLOAD_DATE_SIZE == (int)HTTP_DATE_SIZE, "the same");
    http_date_write(utc, at);
}
