/* test_message_search.c - a signed result is found by what its patient may read, and by nothing else. */
#include "record_fixture.h"

#include "storage/store_search.h"

static size_t hits(struct desk *d, const struct person *who, const char *text, const char *kind)
{
    json_t *page = NULL, *hit;
    size_t i, count = 0;

    CHECK_INT(store_search(d->s.db, who->session.user.id, &(struct search_query){ .text = text }, &page), 0);
    json_array_foreach(json_at(page, "items"), i, hit)
        count += strcmp(text_at(hit, "kind"), kind) == 0;
    json_decref(page);
    return count;
}

TEST(search, a_signed_result_is_found_by_its_words_and_not_by_the_doctors_own)
{
    struct desk d;
    json_t *page = NULL;

    desk_open(&d);
    CHECK_INT(ASK_ERR(&d, &d.doctor, "consult:accept", "{\"consult\":\"%s\"}", d.consult), 0);
    CHECK_INT(record_write(&d, d.consult, 0, ",\"advice\":\"低盐饮食\",\"noDiagnosisReason\":\"mild\","
                           "\"note\":{\"plan\":\"doubtful canary\"}"), 0);
    CHECK_INT(hits(&d, &d.patient, "低盐", "result"), 0);    /* a draft is nobody's to find            */
    CHECK_INT(ASK_ERR(&d, &d.doctor, "consult:finish", "{\"consult\":\"%s\"}", d.consult), 0);
    CHECK_INT(record_signed(&d, d.consult), 0);
    CHECK_INT(store_search(d.s.db, d.patient.session.user.id,
                           &(struct search_query){ .text = "低盐" }, &page), 0);
    CHECK_STR(text_at(page, "items.0.kind"), "result");
    CHECK_STR(text_at(page, "items.0.consult"), d.consult);
    CHECK_STR(text_at(page, "items.0.snippet.match"), "低盐");
    json_decref(page);
    CHECK_INT(hits(&d, &d.doctor, "低盐 mild", "result"), 1);
    CHECK_INT(hits(&d, &d.stranger, "低盐", "result"), 0);
    CHECK_INT(hits(&d, &d.patient, "canary", "result"), 0);
    CHECK_INT(hits(&d, &d.doctor, "canary", "result"), 0);
    CHECK_INT(hits(&d, &d.patient, "version", "result"), 0);   /* the card's JSON is no text           */
    desk_close(&d);
}
