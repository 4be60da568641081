/* test_eio_query.c - what Engine.IO reads in a query. */
#include "eio_query.h"
#include "test.h"

TEST(eio_query, reads_its_three_fields)
{
    static const struct { const char *query, *transport, *sid, *revision; } cases[] = {
        { "", "", "", "" },
        { "EIO=4&transport=polling", "polling", "", "4" },
        { "EIO=4&transport=polling&sid=abc&t=x1", "polling", "abc", "4" },
        { "&&EIO=4&&transport=websocket&", "websocket", "", "4" },
        { "EIO&transport&sid", "", "", "" },
        { "EIO==4&transport=a=b", "a=b", "", "=4" },
        { "EIO=3&EIO=4", "", "", "4" },
        { "E%49O=%34&trans%70ort=p%6Flling", "polling", "", "4" },
        { "EIO=+4&sid=%zz%4", "", "%zz%4", " 4" },
        { "EIO=44&sid=", "", "", "44" },
        { "EIO=04", "", "", "04" },
        { "sid=a%00b&EIO=4%00", "", "?", "?" },
        { "transport=__proto__&__proto__=x", "__proto__", "", "" },
        { "transport=constructor&toString=1", "constructor", "", "" },
        { "transport=pollingpollingpolling", "?", "", "" },
        { "eio=4&Transport=polling", "", "", "" },
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct eio_query query;

        eio_query_read(cases[i].query, &query);
        CHECK_STR(query.transport, cases[i].transport);
        CHECK_STR(query.sid, cases[i].sid);
        CHECK_STR(query.revision, cases[i].revision);
    }
}

TEST(eio_query, takes_a_missing_query_for_an_empty_one)
{
    struct eio_query query;

    eio_query_read(NULL, &query);
    CHECK_STR(query.transport, "");
}
