/* test_store_file.c - a file comes in any pieces, is promised room for, and is seen by who may. */
#include "store_fixture.h"

#include "storage/segments.h"
#include "storage/store_file.h"

enum { SEGMENT = 1024, TOTAL = 2 * SEGMENT + 100 };

struct desk {
    struct store s;
    struct store_user anna, lee, other;
    int64_t consult;
    char folder[32];
    struct segments *segments;
    unsigned char bytes[TOTAL];
};

static const struct file_quota wide = { 1 << 20, 1 << 20, 20 };

static void desk_open(struct desk *d)
{
    *d = (struct desk){ .folder = "/tmp/store-file-XXXXXX" };
    store_open(&d->s);
    d->lee = store_doctor(&d->s, store_clinic(&d->s, "North"), "lee");
    d->anna = store_patient(&d->s, "anna");
    d->other = store_patient(&d->s, "other");
    d->consult = store_start(&d->s, d->anna.id, d->lee.public_id, "first-message");
    CHECK(mkdtemp(d->folder) != NULL);
    CHECK_INT(segments_open(d->folder, &db_host(d->s.db)->seal, &d->segments), 0);
    for (size_t i = 0; i < TOTAL; i++)
        d->bytes[i] = (unsigned char)(i * 7 + i / 256);
}

static void desk_close(struct desk *d)
{
    segments_close(d->segments);
    CHECK_INT(rmdir(d->folder), 0);             /* no bytes are left                                 */
    store_close(&d->s);
}

static int add(struct desk *d, int64_t user, int64_t size, const struct file_quota *quota,
               char id[DB_ID_SIZE])
{
    const struct file_new new = { .consult = d->consult, .user = user, .size = size, .segment = SEGMENT,
                                  .kind = "image", .name = "rash.jpg" };

    return JOB(&d->s, store_file_add(d->s.db, &new, quota, id));
}

static struct file_row row_of(struct desk *d, const char *id, int64_t user)
{
    struct file_row row;

    CHECK_INT(store_file_access(d->s.db, id, user, &row), 0);
    db_reset(d->s.db);
    return row;
}

static int receive(struct desk *d, struct file_row *row, const void *at, size_t size)
{
    return JOB(&d->s, store_file_receive(d->s.db, d->segments, row, at, size));
}

static void file_gone(struct desk *d, const char *id)
{
    struct file_row row = row_of(d, id, d->anna.id);

    CHECK_INT(JOB(&d->s, store_file_remove(d->s.db, d->segments, &row)), 0);
}

TEST(store_file, any_pieces_make_the_same_bytes_and_not_one_too_many)
{
    static const size_t pieces[] = { 1, 7, SEGMENT, SEGMENT + 1, TOTAL };
    struct desk d;

    desk_open(&d);
    for (size_t i = 0; i < COUNT_OF(pieces); i++) {
        unsigned char got[TOTAL];
        char id[DB_ID_SIZE];
        struct file_row row;

        CHECK_INT(add(&d, d.anna.id, TOTAL, &wide, id), 0);
        row = row_of(&d, id, d.anna.id);
        for (size_t at = 0; at < TOTAL; at += pieces[i]) {
            size_t size = TOTAL - at < pieces[i] ? TOTAL - at : pieces[i];

            CHECK_INT(receive(&d, &row, d.bytes + at, TOTAL - at + 1), -EMSGSIZE);
            row = row_of(&d, id, d.anna.id);    /* as whoever asks next finds it                     */
            CHECK_INT(row.received, at);
            CHECK_INT(receive(&d, &row, d.bytes + at, size), 0);
        }
        CHECK_INT(row.received, TOTAL);
        CHECK_INT(JOB(&d.s, store_file_ready(d.s.db, &row, "image/jpeg", d.bytes)), 0);
        CHECK_INT(segments_read(d.segments, &(struct segment_file){ id, SEGMENT }, TOTAL, 0, TOTAL, got), 0);
        CHECK_MEM(got, d.bytes, TOTAL);
        file_gone(&d, id);
    }
    desk_close(&d);
}

TEST(store_file, what_is_promised_fits_the_user_the_consult_and_the_unfinished)
{
    char id[DB_ID_SIZE];
    struct desk d;

    desk_open(&d);
    CHECK_INT(add(&d, d.anna.id, 1001, &(struct file_quota){ 1000, 5000, 9 }, id), -EMSGSIZE);
    CHECK_INT(add(&d, d.anna.id, 600, &(struct file_quota){ 1000, 5000, 9 }, id), 0);
    CHECK_INT(add(&d, d.anna.id, 401, &(struct file_quota){ 1000, 5000, 9 }, id), -EMSGSIZE);
    CHECK_INT(add(&d, d.anna.id, 400, &(struct file_quota){ 1000, 5000, 9 }, id), 0);
    /* Of both together in the consult. */
    CHECK_INT(add(&d, d.lee.id, 501, &(struct file_quota){ 1000, 1500, 9 }, id), -EMSGSIZE);
    CHECK_INT(add(&d, d.lee.id, 500, &(struct file_quota){ 1000, 1500, 9 }, id), 0);
    CHECK_INT(add(&d, d.anna.id, 1, &(struct file_quota){ 5000, 5000, 2 }, id), -EDQUOT);
    CHECK_INT(add(&d, d.anna.id, 1, &(struct file_quota){ 5000, 5000, 3 }, id), 0);
    CHECK_INT(store_number(&d.s, "SELECT count(*) FROM file", NO_ARGS), 4);
    desk_close(&d);
}

TEST(store_file, before_it_is_sent_only_its_owner_knows_of_it_and_its_name_is_sealed)
{
    struct file_row row;
    int64_t unsent;
    struct desk d;
    char id[DB_ID_SIZE], name[64];

    desk_open(&d);
    CHECK_INT(add(&d, d.anna.id, 10, &wide, id), 0);
    row = row_of(&d, id, d.anna.id);
    CHECK(row.owns && !row.ready && !row.sent);
    CHECK_INT(store_file_access(d.s.db, id, d.lee.id, &row), -ENOENT);
    CHECK_INT(store_file_access(d.s.db, id, d.other.id, &row), -ENOENT);
    CHECK_INT(store_file_access(d.s.db, "fil_none", d.anna.id, &row), -ENOENT);
    db_reset(d.s.db);
    CHECK_INT(store_file_name(d.s.db, &row, name, sizeof name), 0);
    CHECK_STR(name, "rash.jpg");
    CHECK_INT(store_number(&d.s, "SELECT count(*) FROM file WHERE instr(about_enc, 'rash') > 0", NO_ARGS), 0);

    CHECK_INT(store_file_unsent(d.s.db, d.consult, d.anna.id, id, "image", &unsent), -ENOENT);
    CHECK_INT(receive(&d, &row, d.bytes, 10), 0);
    CHECK_INT(JOB(&d.s, store_file_ready(d.s.db, &row, "image/jpeg", d.bytes)), 0);
    CHECK_INT(store_file_unsent(d.s.db, d.consult, d.anna.id, id, "voice", &unsent), -ENOENT);
    CHECK_INT(store_file_unsent(d.s.db, d.consult, d.lee.id, id, "image", &unsent), -ENOENT);
    CHECK_INT(store_file_unsent(d.s.db, d.consult, d.anna.id, id, "image", &unsent), 0);
    CHECK_INT(unsent, row.id);
    db_reset(d.s.db);
    file_gone(&d, id);
    desk_close(&d);
}

TEST(store_file, what_was_left_behind_goes_with_its_bytes_when_its_time_is_over)
{
    char id[DB_ID_SIZE];
    struct file_row row;
    int64_t next;
    struct desk d;

    desk_open(&d);
    CHECK_INT(store_file_expire_next(d.s.db, 60, &next), -ENOENT);
    CHECK_INT(add(&d, d.anna.id, TOTAL, &wide, id), 0);
    row = row_of(&d, id, d.anna.id);
    d.s.now += 50;
    CHECK_INT(receive(&d, &row, d.bytes, SEGMENT), 0);      /* it is not left behind                 */
    CHECK_INT(store_file_expire_next(d.s.db, 60, &next), 0);
    CHECK_INT(next, STORE_NOW + 110);
    d.s.now = next - 1;
    CHECK_INT(JOB(&d.s, store_file_expire(d.s.db, d.segments, 60)), 0);
    d.s.now = next;
    CHECK_INT(JOB(&d.s, store_file_expire(d.s.db, d.segments, 60)), 1);
    CHECK_INT(store_file_access(d.s.db, id, d.anna.id, &row), -ENOENT);
    desk_close(&d);
}
