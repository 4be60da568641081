/* search_fold.h - text as it is searched: what looks the same to a reader is the same.
 *
 * Folded are case (Latin, Greek, Cyrillic), full-width forms, diacritics (also combining ones, and those of
 * pinyin), and the compatibility characters of medical texts (㎎, ℃, ², ﬁ): a part of NFKC by a table. Not
 * folded: traditional and simplified, kana. What is no letter, digit or symbol is one space. */
#ifndef STORAGE_SEARCH_FOLD_H
#define STORAGE_SEARCH_FOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fold_mark { uint32_t point, at; };       /* a code point, and where in the text it comes from   */
struct fold { size_t count; struct fold_mark *marks; };
/* Bytes that are no UTF-8 are a space. -ENOMEM. */
int  fold_make(const char *text, size_t size, struct fold *ret_fold);
void fold_free(struct fold *);

/* Two code points that stand together in a word, as one number; each once, ascending. `ret_pairs` has room
 * for fold->count. Returns how many. */
size_t fold_pairs(const struct fold *, uint64_t *ret_pairs);

/* The words of a query, lent from it. Returns how many, -E2BIG: more than FOLD_WORDS_MAX. */
enum { FOLD_WORDS_MAX = 8 };
int  fold_words(const struct fold *query, struct fold ret_words[FOLD_WORDS_MAX]);
/* Does it stand in `text`, anywhere? *ret_at: the first of its marks. */
bool fold_find(const struct fold *text, const struct fold *word, size_t *ret_at);

#endif
