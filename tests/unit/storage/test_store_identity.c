/* test_store_identity.c - whose login it is, which sessions a logout means, and what counts once. */
#include "store_fixture.h"
#include "storage/store_identity.h"

static const char center[] = "https://id.example";

struct place { struct store s; struct store_identity li; };

static void place_open(struct place *p)
{
    struct store_user user;
    const struct user_new new = { .role = "patient", .name = "Li" };

    store_open(&p->s);
    CHECK_INT(JOB(&p->s, store_user_add(p->s.db, &new, &user)), 0);
    CHECK_INT(JOB(&p->s, store_identity_add(p->s.db, user.id, center, "s-1", "patient", &p->li)), 0);
}

/* A session of his, by the center's `sid`. */
static struct store_session session_of(struct place *p, const char *sid, unsigned char token)
{
    unsigned char hash[STORE_HASH_SIZE] = { 0 }, brought[STORE_HASH_SIZE] = { token };
    struct store_session session = { 0 };

    hash[0] = token;
    CHECK_INT(JOB(&p->s, store_session_add(p->s.db, p->li.user, hash, "192.0.2.7", &session)), 0);
    CHECK_INT(JOB(&p->s, store_session_origin_set(p->s.db, session.id, &(struct session_origin){
                             .identity = p->li.id, .expires_utc = STORE_NOW + 3600, .idp_session = sid,
                             .token_hash = brought })), 0);
    return session;
}

static size_t logout(struct place *p, const char *subject, const char *sid)
{
    const struct identity_claims claims = { center, subject, sid, STORE_NOW };
    json_t *ended = NULL;
    size_t count;

    CHECK_INT(JOB(&p->s, store_identity_logout(p->s.db, &claims, &ended)), 0);
    count = json_array_size(ended);
    json_decref(ended);
    return count;
}

static bool lives(struct place *p, const struct store_session *session)
{
    struct store_session found;

    return store_session_find(p->s.db, session->public_id, &found) == 0;
}

TEST(store_identity, is_of_one_user_by_issuer_and_subject)
{
    struct place p;
    struct store_identity found;

    place_open(&p);
    CHECK_INT(store_identity_find(p.s.db, center, "s-1", &found), 0);
    CHECK_INT(found.user, p.li.user);
    CHECK_STR(found.role, "patient");
    CHECK_INT(store_identity_find(p.s.db, "https://other.example", "s-1", &found), -ENOENT);
    CHECK_INT(store_identity_find(p.s.db, center, "S-1", &found), -ENOENT);
    CHECK_INT(JOB(&p.s, store_identity_add(p.s.db, p.li.user, center, "s-1", NULL, &found)), -EEXIST);
    CHECK_INT(JOB(&p.s, store_identity_add(p.s.db, p.li.user, "https://x.example", "s-1", NULL, &found)), 0);
    CHECK_STR(found.role, "");
    store_close(&p.s);
}

TEST(store_identity, a_logout_ends_what_it_means)
{
    struct place p;
    struct store_session one, two, unsaid, later;

    place_open(&p);
    one = session_of(&p, "at-1", 1);
    two = session_of(&p, "at-2", 2);
    unsaid = session_of(&p, "", 3);
    CHECK_INT(logout(&p, "", "at-9"), 0);
    CHECK_INT(logout(&p, "s-9", ""), 0);
    CHECK_INT(logout(&p, "", "at-1"), 1);
    CHECK(!lives(&p, &one) && lives(&p, &two) && lives(&p, &unsaid));
    CHECK_INT(logout(&p, "s-1", "at-1"), 1);    /* whose sid nobody said might be that one           */
    CHECK(lives(&p, &two) && !lives(&p, &unsaid));
    later = session_of(&p, "at-3", 4);
    CHECK_INT(logout(&p, "s-1", ""), 2);
    CHECK(!lives(&p, &two) && !lives(&p, &later));
    store_close(&p.s);
}

static int is_out(struct place *p, const char *issuer, const char *subject, const char *sid,
                  int64_t issued_utc)
{
    return store_identity_is_out(p->s.db, &(struct identity_claims){ issuer, subject, sid, issued_utc });
}

TEST(store_identity, what_was_signed_before_a_logout_logs_nobody_in)
{
    static const struct { const char *subject, *sid; int64_t issued_utc; int out; } cases[] = {
        { "s-1", "at-1", STORE_NOW - 60, 1 }, { "s-1", "at-1", STORE_NOW + 60, 1 },
        { "s-1", "at-2", STORE_NOW - 60, 0 }, { "s-1", "", STORE_NOW, 1 },
        { "s-1", "", STORE_NOW + 1, 0 },      { "s-2", "", STORE_NOW - 60, 0 },
    };
    struct place p;

    place_open(&p);
    (void)logout(&p, "s-1", "at-1");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        CHECK_INT(is_out(&p, center, cases[i].subject, cases[i].sid, cases[i].issued_utc), cases[i].out);
    (void)logout(&p, "s-2", "");
    CHECK_INT(is_out(&p, center, "s-2", "at-5", STORE_NOW), 1);
    CHECK_INT(is_out(&p, "https://x.example", "s-2", "", 1), 0);
    store_close(&p.s);
}

TEST(store_identity, a_token_that_came_before_finds_its_session_while_that_lives)
{
    struct place p;
    struct store_session made, found;
    unsigned char hash[STORE_HASH_SIZE] = { 7 };

    place_open(&p);
    CHECK_INT(store_session_by_token(p.s.db, hash, &found), -ENOENT);
    made = session_of(&p, "at-1", 7);
    CHECK_INT(store_session_by_token(p.s.db, hash, &found), 0);
    CHECK_STR(found.public_id, made.public_id);
    (void)logout(&p, "s-1", "");
    CHECK_INT(store_session_by_token(p.s.db, hash, &found), -EACCES);
    store_close(&p.s);
}

TEST(store_identity, counts_once_what_is_said_once)
{
    struct place p;

    place_open(&p);
    CHECK_INT(JOB(&p.s, store_once(p.s.db, "state", "x", STORE_NOW + 600)), 0);
    CHECK_INT(JOB(&p.s, store_once(p.s.db, "state", "x", STORE_NOW + 600)), -EEXIST);
    CHECK_INT(JOB(&p.s, store_once(p.s.db, "center", "x", STORE_NOW - 1)), 0);
    CHECK_INT(JOB(&p.s, store_identity_purge(p.s.db)), 1);
    CHECK_INT(JOB(&p.s, store_once(p.s.db, "center", "x", STORE_NOW + 600)), 0);
    CHECK_INT(JOB(&p.s, store_once(p.s.db, "state", "x", STORE_NOW + 600)), -EEXIST);
    store_close(&p.s);
}
