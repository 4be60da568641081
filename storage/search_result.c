/* search_result.c - the words of signed results. */
#include "storage/search_result.h"

#include <stdlib.h>
#include <string.h>

#include "storage/store_message.h"
#include "storage/store_note.h"
#include "storage/store_token.h"

struct words { char *text; size_t size; int err; };

static void words_add(struct words *w, const json_t *text)
{
    size_t size = json_string_length(text);
    char *more;

    if (w->err || size == 0)
        return;
    more = realloc(w->text, w->size + size + 2);
    if (more == NULL) {
        w->err = -ENOMEM;
        return;
    }
    memcpy(more + w->size, json_string_value(text), size);
    memcpy(more + w->size + size, "\n", 2);
    w->text = more;
    w->size += size + 1;
}

int search_result_words(struct db *db, int64_t consult, int64_t version, char **ret_words)
{
    static const char *const parts[] = { "summary", "advice", "noDiagnosisReason", "reason" };
    struct words w = { 0 };
    json_t *note = NULL, *one;
    size_t i;
    int err = store_note_get(db, consult, version, &note, NULL);

    if (err)
        return err;
    for (i = 0; i < sizeof parts / sizeof *parts; i++)
        words_add(&w, json_object_get(note, parts[i]));
    words_add(&w, json_object_get(json_object_get(note, "followUp"), "text"));
    json_array_foreach(json_object_get(note, "diagnoses"), i, one) {
        words_add(&w, json_object_get(json_object_get(one, "label"), "zh"));
        words_add(&w, json_object_get(json_object_get(one, "label"), "en"));
    }
    json_decref(note);
    if (w.err == 0 && w.text == NULL)
        w.text = strdup("");
    if (w.err || w.text == NULL) {
        free(w.text);
        return -ENOMEM;
    }
    *ret_words = w.text;
    return 0;
}

int search_result_add(struct db *db, int64_t consult, int64_t version)
{
    json_t *card = NULL;
    char *words = NULL;
    int err = search_result_words(db, consult, version, &words);

    if (err == 0)
        err = store_message_last(db, consult, &card);
    if (err == 0)
        err = store_token_add(db, json_string_value(json_object_get(card, "id")), words);
    json_decref(card);
    free(words);
    return err;
}

int64_t search_result_version(const void *card, size_t size)
{
    json_t *object = json_loadb(card, size, JSON_REJECT_DUPLICATES, NULL);
    const char *type = json_string_value(json_object_get(object, "type"));
    int64_t version = 0;

    if (type != NULL && strcmp(type, "result") == 0)
        version = json_integer_value(json_object_get(object, "version"));
    json_decref(object);
    return version;
}
