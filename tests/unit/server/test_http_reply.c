/* test_http_reply.c - replies as bytes, dates, problem documents. */
#include <stdio.h>
#include <stdlib.h>

#include "http_reply.h"
#include "test.h"

static const struct { int64_t utc; const char *text; } dates[] = {
    { 0,           "Thu, 01 Jan 1970 00:00:00 GMT" },
    { 784111777,   "Sun, 06 Nov 1994 08:49:37 GMT" },      /* RFC 9110, 5.6.7                        */
    { 951782399,   "Mon, 28 Feb 2000 23:59:59 GMT" },
    { 951782400,   "Tue, 29 Feb 2000 00:00:00 GMT" },
    { 951868800,   "Wed, 01 Mar 2000 00:00:00 GMT" },
    { 1709164800,  "Thu, 29 Feb 2024 00:00:00 GMT" },
    { 1735689599,  "Tue, 31 Dec 2024 23:59:59 GMT" },
    { 1735689600,  "Wed, 01 Jan 2025 00:00:00 GMT" },
    { 2147483648,  "Tue, 19 Jan 2038 03:14:08 GMT" },
    { 4107542400,  "Mon, 01 Mar 2100 00:00:00 GMT" },      /* 2100 has no leap day                   */
    { 4107542399,  "Sun, 28 Feb 2100 23:59:59 GMT" },
    { 253402300799, "Fri, 31 Dec 9999 23:59:59 GMT" },
};

TEST(http_date, is_written_as_the_standard_wants)
{
    char at[HTTP_DATE_SIZE];

    for (size_t i = 0; i < sizeof dates / sizeof *dates; i++) {
        http_date_write(dates[i].utc, at);
        CHECK_STR(at, dates[i].text);
    }
}

/* Day after day for 400 years, which is one whole round of the calendar, against counting. */
TEST(http_date, agrees_with_counting_days)
{
    static const char months[][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct",
                                      "Nov", "Dec" };
    static const int sizes[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    int year = 1970, month = 0, day = 1;

    for (int64_t days = 0; year < 2370; days++) {
        bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        char at[HTTP_DATE_SIZE], want[64];

        http_date_write(days * 86400, at);
        (void)snprintf(want, sizeof want, "%02d %s %04d 00:00:00 GMT", day, months[month], year);
        CHECK_STR(at + 5, want);
        if (++day > sizes[month] + (leap && month == 1)) {
            day = 1;
            year += month == 11;
            month = (month + 1) % 12;
        }
    }
}

TEST(http_status, has_a_name_for_what_is_known)
{
    CHECK_STR(http_status_text(200), "OK");
    CHECK_STR(http_status_text(431), "Request Header Fields Too Large");
    CHECK_STR(http_status_text(299), "Status");
}

static const struct { int status; const char *code, *detail, *want; } problems[] = {
    { 404, NULL, NULL, "\"title\":\"Not Found\",\"status\":404,\"code\":\"not-found\",\"requestId\":\"r\"}" },
    { 409, "doctor-busy", "At \"nine\".", "\"title\":\"Conflict\",\"status\":409,\"code\":\"doctor-busy\","
                                          "\"detail\":\"At \\\"nine\\\".\",\"requestId\":\"r\"}" },
    { 503, NULL, "a\\b\n\x01", "\"title\":\"Service Unavailable\",\"status\":503,\"code\":\"busy\","
                               "\"detail\":\"a\\\\b\\u000a\\u0001\",\"requestId\":\"r\"}" },
    { 418, NULL, "\xe5\x8c\xbb", "\"title\":\"Status\",\"status\":418,\"code\":\"bad-request\","
                                 "\"detail\":\"\xe5\x8c\xbb\",\"requestId\":\"r\"}" },
    { 599, NULL, "", "\"title\":\"Status\",\"status\":599,\"code\":\"internal\",\"detail\":\"\","
                     "\"requestId\":\"r\"}" },
};

TEST(http_problem, is_json_whatever_it_says)
{
    for (size_t i = 0; i < sizeof problems / sizeof *problems; i++) {
        struct buf b;
        char want[512];

        buf_init(&b, BUF_NO_LIMIT);
        CHECK_INT(http_problem_write(&b, problems[i].status, problems[i].code, problems[i].detail, "r"), 0);
        CHECK_INT(buf_add_byte(&b, '\0'), 0);
        (void)snprintf(want, sizeof want, "{\"type\":\"about:blank\",%s", problems[i].want);
        CHECK_STR((char *)b.at, want);
        buf_finish(&b);
    }
}

/* Takes it out in pieces of `size`, as a slow connection does. */
static void drain(struct http_out *out, size_t size, struct buf *ret_bytes)
{
    struct ws_bytes parts[3];
    int count;

    while ((count = http_out_parts(out, parts, 3)) > 0) {
        size_t taken = 0, total = 0;

        for (int i = 0; i < count; i++) {
            size_t piece = size - taken < parts[i].size ? size - taken : parts[i].size;

            CHECK(parts[i].size > 0);
            CHECK_INT(buf_add(ret_bytes, parts[i].at, piece), 0);
            taken += piece;
            total += parts[i].size;
        }
        CHECK(total <= out->size);
        http_out_sent(out, taken);
    }
    CHECK_INT(out->size, 0);
}

static void add_all(struct http_out *out)
{
    static const struct ws_header always[] = { { "A", "1" }, { NULL, NULL } };
    static const struct ws_header headers[] = { { "B", "2" }, { NULL, NULL } };
    const struct ws_bytes two[] = { WS_LITERAL("he"), WS_LITERAL("llo") };

    CHECK_INT(http_out_reply(out, &(struct http_form){ .status = 200, .always = always, .headers = headers },
                             two, 2), 0);
    CHECK_INT(http_out_add(out, (struct ws_bytes){ "HTTP/1.1 100 Continue\r\n\r\n", 25 }), 0);
    CHECK_INT(http_out_reply(out, &(struct http_form){ .status = 200, .lent = true }, two, 2), 0);
    CHECK_INT(http_out_reply(out, &(struct http_form){ .status = 200, .head_only = true }, two, 2), 0);
    CHECK_INT(http_out_reply(out, &(struct http_form){ .status = 204, .last = true }, two, 2), 0);
    CHECK_INT(http_out_reply(out, &(struct http_form){ .status = 200 }, NULL, 0), 0);
}

/* Without its Date lines, which are the clock's. */
static void drop_dates(char *text)
{
    char *date;

    while ((date = strstr(text, "Date: ")) != NULL)
        memmove(date, date + 37, strlen(date + 37) + 1);
}

TEST(http_out, is_the_same_in_pieces_of_any_size)
{
    for (size_t size = 1; size < 400; size++) {
        struct http_out out;
        struct buf bytes;

        http_out_init(&out);
        add_all(&out);
        buf_init(&bytes, BUF_NO_LIMIT);
        drain(&out, size, &bytes);
        CHECK_INT(buf_add_byte(&bytes, '\0'), 0);
        drop_dates((char *)bytes.at);
        CHECK_STR((char *)bytes.at,
                  "HTTP/1.1 200 OK\r\nA: 1\r\nB: 2\r\nContent-Length: 5\r\n\r\nhello"
                  "HTTP/1.1 100 Continue\r\n\r\n"
                  "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
                  "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"
                  "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"
                  "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        buf_finish(&bytes);
        http_out_finish(&out);
    }
}

TEST(http_out, copies_what_is_not_lent)
{
    char body[] = "before";
    struct ws_bytes bytes = { body, 6 };
    struct http_out out;
    struct buf all;

    http_out_init(&out);
    CHECK_INT(http_out_reply(&out, &(struct http_form){ .status = 200 }, &bytes, 1), 0);
    memcpy(body, "after ", 6);
    buf_init(&all, BUF_NO_LIMIT);
    drain(&out, 1000, &all);
    CHECK_MEM(all.at + all.size - 6, "before", 6);
    buf_finish(&all);
    CHECK_INT(http_out_reply(&out, &(struct http_form){ .status = 200 }, &bytes, 1), 0);
    http_out_finish(&out);                      /* with something unsent                            */
}
