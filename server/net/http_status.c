/* http_status.c - numbers, names and public codes of the replies HTTP itself makes; problem documents. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "http_reply.h"

static const struct { int status; const char *text, *code; } statuses[] = {
    { 100, "Continue", "" },            { 101, "Switching Protocols", "" },
    { 200, "OK", "" },                  { 201, "Created", "" },
    { 202, "Accepted", "" },            { 204, "No Content", "" },
    { 206, "Partial Content", "" },     { 301, "Moved Permanently", "" },
    { 302, "Found", "" },               { 303, "See Other", "" },
    { 304, "Not Modified", "" },        { 307, "Temporary Redirect", "" },
    { 308, "Permanent Redirect", "" },  { 400, "Bad Request", "bad-request" },
    { 401, "Unauthorized", "unauthorized" },
    { 403, "Forbidden", "forbidden" },  { 404, "Not Found", "not-found" },
    { 405, "Method Not Allowed", "bad-request" },
    { 406, "Not Acceptable", "bad-request" },
    { 408, "Request Timeout", "bad-request" },
    { 409, "Conflict", "conflict" },    { 411, "Length Required", "bad-request" },
    { 412, "Precondition Failed", "bad-request" },
    { 413, "Content Too Large", "too-large" },
    { 414, "URI Too Long", "bad-request" },
    { 415, "Unsupported Media Type", "bad-request" },
    { 416, "Range Not Satisfiable", "bad-request" },
    { 417, "Expectation Failed", "bad-request" },
    { 422, "Unprocessable Content", "key-reused" },
    { 426, "Upgrade Required", "bad-request" },
    { 429, "Too Many Requests", "rate-limited" },
    { 431, "Request Header Fields Too Large", "bad-request" },
    { 500, "Internal Server Error", "internal" },
    { 501, "Not Implemented", "bad-request" },
    { 502, "Bad Gateway", "internal" }, { 503, "Service Unavailable", "busy" },
    { 505, "HTTP Version Not Supported", "bad-request" },
};

const char *http_status_text(int status)
{
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
        if (statuses[i].status == status)
            return statuses[i].text;
    return "Status";
}

static const char *code_of(int status)
{
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
        if (statuses[i].status == status)
            return statuses[i].code;
    return status < 500 ? "bad-request" : "internal";
}

/* `"key":"text"`, RFC 8259, 7. */
static int write_text(struct buf *b, const char *before, const char *text)
{
    int err = buf_add_text(b, before);

    for (const char *at = text; err == 0 && *at != '\0'; at++)
        if ((unsigned char)*at < 0x20)
            err = buf_printf(b, "\\u%04x", (unsigned)(unsigned char)*at);
        else if (*at == '"' || *at == '\\')
            err = buf_printf(b, "\\%c", *at);
        else
            err = buf_add_byte(b, (unsigned char)*at);
    return err ? err : buf_add_byte(b, '"');
}

int http_problem_write(struct buf *b, int status, const char *code, const char *detail, const char *id)
{
    int err = write_text(b, "{\"type\":\"about:blank\",\"title\":\"", http_status_text(status));

    if (err == 0)
        err = buf_printf(b, ",\"status\":%d", status);
    if (err == 0)
        err = write_text(b, ",\"code\":\"", code != NULL ? code : code_of(status));
    if (err == 0 && detail != NULL)
        err = write_text(b, ",\"detail\":\"", detail);
    if (err == 0)
        err = write_text(b, ",\"requestId\":\"", id);
    return err ? err : buf_add_byte(b, '}');
}

/* A civil date of days since 1970-01-01. Years begin in March here: a leap day is then their last one. */
static void civil(int64_t days, int *ret_year, int *ret_month, int *ret_day)
{
    int64_t z = days + 719468, era = z / 146097, of_era = z - era * 146097;
    int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year + year / 4 - year / 100), month = (5 * of_year + 2) / 153;

    *ret_day = (int)(of_year - (153 * month + 2) / 5 + 1);
    *ret_month = (int)(month < 10 ? month + 3 : month - 9);
    *ret_year = (int)(year + era * 400 + (*ret_month <= 2));
}

static char *put_two(char *to, int number)
{
    *to++ = (char)('0' + number / 10 % 10);
    *to++ = (char)('0' + number % 10);
    return to;
}

/* By hand: it stands in every reply, and snprintf() costs as much as all the rest of the head. */
void http_date_write(int64_t utc, char at[HTTP_DATE_SIZE])
{
    static const char days[][6] = { "Thu, ", "Fri, ", "Sat, ", "Sun, ", "Mon, ", "Tue, ", "Wed, " };
    static const char months[][6] = {
        " Jan ", " Feb ", " Mar ", " Apr ", " May ", " Jun ",
        " Jul ", " Aug ", " Sep ", " Oct ", " Nov ", " Dec ",
    };
    int year, month, day, second = (int)(utc % 86400);

    civil(utc / 86400, &year, &month, &day);
    at = mempcpy(at, days[utc / 86400 % 7], 5);
    at = mempcpy(put_two(at, day), months[month - 1], 5);
    at = put_two(put_two(at, year / 100), year);
    *at++ = ' ';
    at = put_two(at, second / 3600);
    *at++ = ':';
    at = put_two(at, second / 60 % 60);
    *at++ = ':';
    memcpy(put_two(at, second % 60), " GMT", 5);
}
