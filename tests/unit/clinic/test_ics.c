/* test_ics.c - a calendar feed, octet by octet. */
#include <stdio.h>
#include <stdlib.h>

#include "test.h"

#include "ics.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

static const struct ics_event visit = { .uid = "ser_1@clinic.example",
                                        .summary = "Video consultation",
                                        .url = "https://clinic.example/appointments/apt_1",
                                        .start_utc = 1764550800,
                                        .end_utc = 1764552000,
                                        .changed_utc = 1764000000,
                                        .sequence = 3,
                                        .status = ICS_CONFIRMED };

static char *printed(const struct ics_event *event)
{
    char *text = NULL;

    CHECK_INT(ics_print("Clinic", event, 1, &text), 0);
    return text;
}

TEST(ics, is_what_rfc_5545_has)
{
    char *text = printed(&visit);

    CHECK_STR(text, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//consultd//feed//EN\r\nCALSCALE:GREGORIAN\r\n"
                    "METHOD:PUBLISH\r\nX-WR-CALNAME:Clinic\r\nREFRESH-INTERVAL;VALUE=DURATION:PT15M\r\n"
                    "BEGIN:VEVENT\r\nUID:ser_1@clinic.example\r\nDTSTAMP:20251124T160000Z\r\n"
                    "DTSTART:20251201T010000Z\r\nDTEND:20251201T012000Z\r\nSEQUENCE:3\r\nSTATUS:CONFIRMED\r\n"
                    "SUMMARY:Video consultation\r\nURL:https://clinic.example/appointments/apt_1\r\n"
                    "CLASS:PRIVATE\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n");
    free(text);
}

TEST(ics, an_empty_calendar_is_one)
{
    char *text = NULL;

    CHECK_INT(ics_print("", NULL, 0, &text), 0);
    CHECK(strstr(text, "VEVENT") == NULL);
    CHECK(strstr(text, "\r\nEND:VCALENDAR\r\n") != NULL);
    free(text);
}

TEST(ics, texts_are_escaped_and_controls_left_out)
{
    static const struct {
        const char *summary, *want;
    } cases[] = {
        { "a\\b;c,d", "SUMMARY:a\\\\b\\;c\\,d\r\n" },
        { "two\nlines", "SUMMARY:two\\nlines\r\n" },
        { "a\r\nBEGIN:VALARM", "SUMMARY:a\\nBEGIN:VALARM\r\n" },
        { "t\tab", "SUMMARY:t ab\r\n" },
        { "bell\x07 del\x7f", "SUMMARY:bell del\r\n" },
        { "", "SUMMARY:\r\n" },
        { "问诊: \"复诊\"", "SUMMARY:问诊: "
                            "\"复诊\"\r\n" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct ics_event event = visit;
        char *text;

        event.summary = cases[i].summary;
        text = printed(&event);
        if (strstr(text, cases[i].want) == NULL)
            fail_msg("%s is not in %s", cases[i].want, text);
        free(text);
    }
}

/* Every line: 75 octets at most, no character cut, none empty. Returns the longest. */
static size_t lines_check(const char *text)
{
    size_t longest = 0;

    while (*text != '\0') {
        size_t size = strcspn(text, "\r\n");

        CHECK(size > 0 && size <= 75);
        CHECK((text[*text == ' '] & 0xC0) != 0x80);
        CHECK_MEM(text + size, "\r\n", 2);
        longest = size > longest ? size : longest;
        text += size + 2;
    }
    return longest;
}

static char *unfolded(const char *text)
{
    char *all = strdup(text), *to = all;

    for (const char *from = text; *from != '\0'; from++) {
        if (strncmp(from, "\r\n ", 3) == 0)
            from += 2;
        else
            *to++ = *from;
    }
    *to = '\0';
    return all;
}

TEST(ics, lines_are_folded_at_75_octets_between_characters)
{
    static const char *const letters[] = { "a", "é", "诊", "🩺", ";" };

    for (size_t l = 0; l < COUNT_OF(letters); l++)
        for (int count = 1; count < 120; count++) {
            char summary[500] = "", want[1000] = "SUMMARY:", *text, *whole;
            struct ics_event event = visit;

            for (int i = 0; i < count; i++) {
                snprintf(summary + strlen(summary), 8, "%s", letters[l]);
                snprintf(want + strlen(want), 8, "%s%s", *letters[l] == ';' ? "\\" : "", letters[l]);
            }
            event.summary = summary;
            event.url = NULL;
            text = printed(&event);
            whole = unfolded(text);
            CHECK(lines_check(text) >= (count > 80 ? 72U : 0));
            CHECK(strstr(whole, strncat(want, "\r\n", 3)) != NULL);
            free(whole);
            free(text);
        }
}

TEST(ics, a_url_is_folded_and_not_escaped)
{
    struct ics_event event = visit;
    char *text, *whole;

    event.url =
        "https://clinic.example/a,b;c/0123456789012345678901234567890123456789012345678901234567890123456789";
    text = printed(&event);
    whole = unfolded(text);
    CHECK(lines_check(text) == 75);
    CHECK(strstr(whole, event.url) != NULL);
    free(whole);
    free(text);
}

TEST(ics, times_are_utc_and_statuses_words)
{
    static const struct {
        int64_t utc;
        const char *start;
        enum ics_status status;
        const char *word;
    } cases[] = {
        { 0, "DTSTART:19700101T000000Z", ICS_TENTATIVE, "STATUS:TENTATIVE" },
        { -1, "DTSTART:19691231T235959Z", ICS_CANCELLED, "STATUS:CANCELLED" },
        { 1709164800, "DTSTART:20240229T000000Z", ICS_CONFIRMED, "STATUS:CONFIRMED" },
        { 4102444799, "DTSTART:20991231T235959Z", ICS_CONFIRMED, "STATUS:CONFIRMED" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct ics_event event = visit;
        char *text;

        event.start_utc = cases[i].utc;
        event.end_utc = cases[i].utc + 1200;
        event.status = cases[i].status;
        text = printed(&event);
        CHECK(strstr(text, cases[i].start) != NULL);
        CHECK(strstr(text, cases[i].word) != NULL);
        free(text);
    }
}
