/* test_rx_item.c - the shape of what is prescribed. */
#include "test.h"

#include "rx_item.h"

static const char *fault_of(const char *text)
{
    json_t *items = json_loads(text, JSON_DECODE_ANY, NULL);
    const char *fault = rx_items_fault(items);

    CHECK(items != NULL);
    json_decref(items);
    return fault;
}

#define WITH(more) "[{\"drug\":\"D1\"" more "}]"

TEST(rx_item, a_draft_needs_a_drug_and_no_more)
{
    static const char *const sound[] = {
        "[]", WITH(""), WITH(",\"name\":{\"zh\":\"甲\"}"), WITH(",\"dose\":0.5"), WITH(",\"days\":365"),
        WITH(",\"dose\":1000000"), WITH(",\"route\":\"oral\",\"frequency\":\"q12h\",\"text\":\"\""),
    };
    static const char *const faulty[] = {
        "{}", "[1]", "[{}]", "[{\"drug\":\"\"}]", "[{\"drug\":1}]", WITH(",\"name\":\"x\""),
        WITH(",\"name\":{\"fr\":\"x\"}"), WITH(",\"name\":{\"zh\":1}"), WITH(",\"dose\":0"),
        WITH(",\"dose\":-1"), WITH(",\"dose\":1000001"), WITH(",\"dose\":\"1\""), WITH(",\"days\":0"),
        WITH(",\"days\":366"), WITH(",\"days\":1.5"), WITH(",\"quantity\":0"), WITH(",\"route\":\"nose\""),
        WITH(",\"frequency\":\"often\""), WITH(",\"frequency\":1"), WITH(",\"unit\":5"),
        WITH(",\"override\":true"), WITH(",\"more\":1"),
    };

    for (size_t i = 0; i < sizeof sound / sizeof *sound; i++)
        if (fault_of(sound[i]) != NULL)
            fail_msg("%s: %s", sound[i], fault_of(sound[i]));
    for (size_t i = 0; i < sizeof faulty / sizeof *faulty; i++)
        if (fault_of(faulty[i]) == NULL)
            fail_msg("%s: sound", faulty[i]);
}

TEST(rx_item, there_are_twenty_at_most)
{
    json_t *items = json_array();

    for (int i = 0; i < RX_ITEMS_MAX; i++)
        CHECK_INT(json_array_append_new(items, json_pack("{s:s}", "drug", "D1")), 0);
    CHECK(rx_items_fault(items) == NULL);
    CHECK_INT(json_array_append_new(items, json_pack("{s:s}", "drug", "D1")), 0);
    CHECK(rx_items_fault(items) != NULL);
    json_decref(items);
}

TEST(rx_item, is_complete_when_it_says_how_much_how_often_and_how_long)
{
    static const char *const needed[] = { "dose", "unit", "route", "frequency", "days", "quantity" };
    json_t *item = json_pack("{s:s, s:i, s:s, s:s, s:s, s:i, s:i}", "drug", "D1", "dose", 1, "unit", "mg",
                             "route", "oral", "frequency", "qd", "days", 3, "quantity", 1);

    CHECK(rx_item_is_complete(item));
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
        json_t *less = json_copy(item);

        CHECK_INT(json_object_del(less, needed[i]), 0);
        CHECK(!rx_item_is_complete(less));
        json_decref(less);
    }
    json_decref(item);
}

TEST(rx_item, frequencies_are_times_a_day)
{
    CHECK_INT(rx_times_a_day("q4h"), 6);
    CHECK_INT(rx_times_a_day("qw"), 1);
    CHECK_INT(rx_times_a_day("prn"), 4);
    CHECK_INT(rx_times_a_day(""), 0);
}
