/* fuzz_upload.c - what a stranger uploads: header fields of tus and of ranges, names, types, and pieces.
 *
 * Metadata that was taken is taken again when it is written anew; a range is within; a name that was
 * cleaned is clean; a type is one of ours, and of the kind. A file that came in any pieces, some of which the
 * disk has seen but the database has forgotten, is what was sent, from any place on. */
#define main unused_main                        /* of test.h */
#include "unit/storage/store_fixture.h"
#undef main

#include <errno.h>
#include <strings.h>

#include "api/file_type.h"
#include "base64.h"
#include "fuzz.h"
#include "net/upload.h"
#include "storage/segments.h"
#include "storage/store_file.h"
#include "utf8.h"

enum { SEGMENT = 64, SIZE_MAX_ = 1000 };

static struct store store;
static struct segments *segments;
static char folder[] = "/dev/shm/consultd-fuzz-XXXXXX";

static void leave(void)
{
    segments_close(segments);
    store_close(&store);
    (void)rmdir(folder);
}

static void prepare(void)
{
    if (segments != NULL)
        return;
    store_open(&store);
    assert(db_script(store.db, "PRAGMA foreign_keys = OFF") == 0);
    assert(mkdtemp(folder) != NULL && segments_open(folder, &db_host(store.db)->seal, &segments) == 0);
    assert(atexit(leave) == 0);
}

static void check_metadata(const char *header)
{
    char key[UPLOAD_KEY_MAX], value[UPLOAD_VALUE_MAX], again_key[UPLOAD_KEY_MAX], again[UPLOAD_VALUE_MAX];
    const char *at = header, *before = header;
    int more;

    while ((more = upload_metadata_next(&at, key, value)) > 0) {
        char coded[UPLOAD_KEY_MAX + 2 * UPLOAD_VALUE_MAX];
        const char *built = coded;
        size_t used = (size_t)snprintf(coded, sizeof coded, "%s ", key);

        assert(at > before && at <= header + strlen(header) && key[0] != '\0' && strpbrk(key, " ,") == NULL);
        base64_encode(value, strlen(value), coded + used);
        coded[used + base64_encoded_size(strlen(value))] = '\0';
        assert(upload_metadata_next(&built, again_key, again) == 1);
        assert(strcmp(key, again_key) == 0 && strcmp(value, again) == 0 && *built == '\0');
        before = at;
    }
    assert(more == 0 || more == -EINVAL);
}

static void check_range(const char *header, int64_t size)
{
    int64_t from = -1, count = -1;
    int got = upload_range_read(header, size, &from, &count);
    char built[80];

    assert(got == 0 || got == 1 || got == -ERANGE);
    assert(got == 1 || (from == -1 && count == -1));
    assert(got == 0 || strncasecmp(header, "bytes=", 6) == 0);
    if (got < 1)
        return;
    assert(from >= 0 && count >= 1 && from + count <= size);
    (void)snprintf(built, sizeof built, "bytes=%lld-%lld", (long long)from, (long long)(from + count - 1));
    assert(upload_range_read(built, size, &from, &count) == 1 && from + count <= size);
}

static void check_tag(const char *list)
{
    bool named = upload_tag_is(list, "ab");

    assert(!named || strcmp(list, "*") == 0 || strstr(list, "\"ab") != NULL);
}

static void check_name(const char *name)
{
    char clean[FILE_NAME_MAX + 1], again[FILE_NAME_MAX + 1];
    struct utf8 text = { 0 };

    file_name_clean(name, clean);
    assert(clean[0] != '\0' && clean[0] != '.' && clean[0] != ' ' && strpbrk(clean, "/\\") == NULL);
    for (const char *c = clean; *c != '\0'; c++)
        assert((unsigned char)*c >= 0x20 && *c != 0x7f);
    if (utf8_check(&text, (struct ws_bytes){ name, strlen(name) }) == 0 && utf8_whole(&text)) {
        file_name_clean(clean, again);
        assert(strcmp(clean, again) == 0);
        text = (struct utf8){ 0 };
        assert(utf8_check(&text, (struct ws_bytes){ clean, strlen(clean) }) == 0 && utf8_whole(&text));
    }
}

static void check_type(const void *at, size_t size)
{
    static const char *const kinds[] = { "image", "voice", "file", "film", "" };
    char *exact = copy_of(at, size);

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const struct file_type *type = NULL;
        int err = file_type_find(exact, size, kinds[i], &type);

        assert(err == 0 || err == -EMEDIUMTYPE || err == -ENOMEDIUM);
        assert((err == 0) == (type != NULL) && (err != 0 || i < 3));
        assert(err != 0 || strcmp(file_type_of(type->mime)->mime, type->mime) == 0);
        assert(err != 0 || (strstr(type->mime, "html") == NULL && strstr(type->mime, "svg") == NULL));
    }
    free(exact);
}

static struct file_row begin(int64_t size)
{
    struct file_quota quota = { SIZE_MAX_, SIZE_MAX_, 1 };
    struct file_new new = { 1, 1, size, SEGMENT, "file", "a.pdf", NULL, 0, 0, 0 };
    struct file_row file = { .size = size, .segment = SEGMENT };
    char id[DB_ID_SIZE];

    assert(store_file_add(store.db, &new, &quota, id) == 0);
    assert(store_file_add(store.db, &new, &quota, file.public_id) < 0);
    (void)snprintf(file.public_id, sizeof file.public_id, "%s", id);
    assert(db_int(store.db, &file.id, "SELECT id FROM file WHERE public_id = $1", ARGS(TEXT(id))) == 0);
    return file;
}

/* A byte a piece: its size, and whether the commit of it was lost. */
static void check_pieces(struct input in, const unsigned char *bytes, int64_t size)
{
    struct segment_file of = { .segment = SEGMENT };
    unsigned char got[SIZE_MAX_];
    struct file_row file;

    assert(db_script(store.db, "SAVEPOINT input") == 0);
    file = begin(size);
    of.id = file.public_id;
    while (file.received < size) {
        unsigned how = in.left > 0 ? take_byte(&in) : 0x7f;
        struct file_row before = file;
        int64_t piece = how & 0x7f;
        int err;

        assert(db_script(store.db, "SAVEPOINT piece") == 0);
        err = store_file_receive(store.db, segments, &file, bytes + file.received,
                                 (size_t)(piece <= size - file.received ? piece : size - file.received));
        assert(err == 0);
        assert(store_file_receive(store.db, segments, &before, bytes, (size_t)size + 1) == -EMSGSIZE);
        if ((how & 0x80) != 0 && in.left > 0) {
            assert(db_script(store.db, "ROLLBACK TO piece") == 0);
            file = before;
        }
        assert(db_script(store.db, "RELEASE piece") == 0);
    }
    for (int64_t from = 0; from < size; from += 200 + (int64_t)take_byte(&in)) {
        assert(segments_read(segments, &of, size, from, (size_t)(size - from), got) == 0);
        assert(memcmp(got, bytes + from, (size_t)(size - from)) == 0);
    }
    assert(store_file_remove(store.db, segments, &file) == 0);
    assert(segments_read(segments, &of, size, 0, 1, got) == -EBADMSG);
    assert(db_script(store.db, "ROLLBACK TO input; RELEASE input") == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static unsigned char bytes[2 * SIZE_MAX_];
    struct input in = { data, size };
    unsigned first = take_byte(&in);
    char *text = malloc(in.left + 1);

    assert(text != NULL);
    memcpy(text, in.at, in.left);
    text[in.left] = '\0';
    check_metadata(text);
    check_range(text, 1 + (int64_t)first);
    check_tag(text);
    check_name(text);
    check_type(in.at, in.left);
    free(text);
    if (bytes[1] == 0)
        for (size_t i = 0; i < sizeof bytes; i++)
            bytes[i] = (unsigned char)(i * 7 + i / 256 + 1);
    prepare();
    if (first % 4 == 0 && in.left >= 2)             /* the parsers are a hundred times as fast             */
        check_pieces(in, bytes, 1 + (int64_t)((first << 8 | in.at[0]) % SIZE_MAX_));
    return 0;
}
