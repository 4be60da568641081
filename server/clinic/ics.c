/* ics.c - RFC 5545: content lines, folded and escaped. */
#include "ics.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "date.h"

enum { LINE_MAX_OCTETS = 75, DAY_S = 86400 };

/* 3.1: no line has more than 75 octets, its CRLF not counted; and no character is cut (which 3.1 allows, but
 * readers that decode first do not forgive). The space that continues a line is one of the 75. */
struct line {
    FILE *to;
    int used;
};

static int character_size(const char *at)
{
    int size = 1;

    while ((at[size] & 0xC0) == 0x80)
        size++;
    return size;
}

static void put(struct line *line, const char *text, int size)
{
    if (line->used + size > LINE_MAX_OCTETS) {
        (void)fputs("\r\n ", line->to);
        line->used = 1;
    }
    (void)fwrite(text, 1, (size_t)size, line->to);
    line->used += size;
}

/* 3.3.11: \ ; , and the end of a line are escaped; 3.1: other controls are no text. */
static void put_text(struct line *line, const char *text)
{
    for (int size; *text != '\0'; text += size) {
        size = character_size(text);
        if (*text == '\n')
            put(line, "\\n", 2);
        else if (strchr("\\;,", *text) != NULL)
            put(line, (const char[]){ '\\', *text }, 2);
        else if ((unsigned char)*text >= ' ' && *text != 0x7F)
            put(line, text, size);
        else if (*text == '\t')
            put(line, " ", 1);
    }
}

static void text_line(FILE *to, const char *name, const char *text)
{
    struct line line = { .to = to };

    put(&line, name, (int)strlen(name));
    put(&line, ":", 1);
    put_text(&line, text);
    (void)fputs("\r\n", to);
}

/* 3.3.13: a URI is no TEXT; nothing in it is escaped. */
static void uri_line(FILE *to, const char *name, const char *uri)
{
    struct line line = { .to = to };

    put(&line, name, (int)strlen(name));
    put(&line, ":", 1);
    for (int size; *uri != '\0'; uri += size) {
        size = character_size(uri);
        put(&line, uri, size);
    }
    (void)fputs("\r\n", to);
}

/* 3.3.5, form 2: 20261125T080000Z. */
static void time_line(FILE *to, const char *name, int64_t utc)
{
    struct date date = date_of((utc - (utc % DAY_S + DAY_S) % DAY_S) / DAY_S);
    int second = (int)((utc % DAY_S + DAY_S) % DAY_S);

    (void)fprintf(to, "%s:%04d%02d%02dT%02d%02d%02dZ\r\n", name, date.year, date.month, date.day,
                  second / 3600, second / 60 % 60, second % 60);
}

static void event_print(FILE *to, const struct ics_event *event)
{
    static const char *const statuses[] = {
        [ICS_TENTATIVE] = "TENTATIVE", [ICS_CONFIRMED] = "CONFIRMED", [ICS_CANCELLED] = "CANCELLED"
    };

    assert(event->end_utc > event->start_utc);
    (void)fputs("BEGIN:VEVENT\r\n", to);
    text_line(to, "UID", event->uid);
    time_line(to, "DTSTAMP", event->changed_utc);
    time_line(to, "DTSTART", event->start_utc);
    time_line(to, "DTEND", event->end_utc);
    (void)fprintf(to, "SEQUENCE:%lld\r\nSTATUS:%s\r\n", (long long)event->sequence, statuses[event->status]);
    text_line(to, "SUMMARY", event->summary);
    if (event->url != NULL)
        uri_line(to, "URL", event->url);
    (void)fputs("CLASS:PRIVATE\r\nEND:VEVENT\r\n", to);
}

int ics_print(const char *name, const struct ics_event *events, size_t count, char **ret_text)
{
    char *text = NULL;
    size_t size;
    FILE *to = open_memstream(&text, &size);
    int failed;

    if (to == NULL)
        return -ENOMEM;
    (void)fputs("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//consultd//feed//EN\r\nCALSCALE:GREGORIAN\r\n"
                "METHOD:PUBLISH\r\n",
                to);
    text_line(to, "X-WR-CALNAME", name);
    (void)fputs("REFRESH-INTERVAL;VALUE=DURATION:PT15M\r\n", to); /* RFC 7986, 5.7 */
    for (size_t i = 0; i < count; i++)
        event_print(to, &events[i]);
    (void)fputs("END:VCALENDAR\r\n", to);
    failed = ferror(to);
    if (fclose(to) != 0 || failed) {
        free(text);
        return -ENOMEM;
    }
    *ret_text = text;
    return 0;
}
