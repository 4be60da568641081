/* fuzz_search.c - text that is searched, of any bytes.
 *
 * Folding twice is folding once; marks lead into the text, never back; pairs ascend, each once, and stand in
 * the text; each word of a text is found in it. */
#include "fuzz.h"
#include "storage/search_fold.h"

static size_t put(uint32_t p, char *to)
{
    size_t more = p < 0x80 ? 0 : p < 0x800 ? 1 : p < 0x10000 ? 2 : 3;
    static const unsigned char first[] = { 0, 0xc0, 0xe0, 0xf0 };

    to[0] = (char)(first[more] | p >> 6 * more);
    for (size_t i = 1; i <= more; i++)
        to[i] = (char)(0x80 | (p >> 6 * (more - i) & 0x3f));
    return more + 1;
}

static void check_again(const struct fold *f)
{
    char *text = malloc(4 * f->count + 1);
    struct fold again;
    size_t size = 0;

    assert(text != NULL);
    for (size_t i = 0; i < f->count; i++)
        size += put(f->marks[i].point, text + size);
    assert(fold_make(text, size, &again) == 0 && again.count == f->count);
    for (size_t i = 0; i < f->count; i++)
        assert(again.marks[i].point == f->marks[i].point);
    fold_free(&again);
    free(text);
}

static void check_pairs(const struct fold *f)
{
    uint64_t *pairs = calloc(f->count + 1, sizeof *pairs);
    size_t count;

    assert(pairs != NULL);
    count = fold_pairs(f, pairs);
    assert(count == 0 || count < f->count);
    for (size_t i = 0; i < count; i++) {
        struct fold_mark two[] = { { (uint32_t)(pairs[i] >> 32), 0 }, { (uint32_t)pairs[i], 0 } };
        size_t at;

        assert(i == 0 || pairs[i] > pairs[i - 1]);
        assert(two[0].point != ' ' && two[1].point != ' ');
        assert(fold_find(f, &(struct fold){ 2, two }, &at) && at + 1 < f->count);
    }
    free(pairs);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = copy_of(data, size);
    struct fold f, words[FOLD_WORDS_MAX];
    int count;

    assert(fold_make(text, size, &f) == 0);
    assert(f.count <= size);
    for (size_t i = 0; i < f.count; i++)
        assert(f.marks[i].at < size && (i == 0 || f.marks[i].at >= f.marks[i - 1].at));
    check_again(&f);
    check_pairs(&f);
    count = fold_words(&f, words);
    for (int i = 0; i < count; i++) {
        size_t at;

        assert(words[i].count > 0 && fold_find(&f, &words[i], &at));
    }
    fold_free(&f);
    free(text);
    return 0;
}
