/* Logins, and refresh tokens exchanged one for the next. */
#include "store_fixture.h"

#include "storage/store_session.h"

struct family { struct store s; struct store_user user; struct store_session session; };

/* The hash of the n-th token. */
static const unsigned char *token(int n)
{
    static unsigned char hashes[16][STORE_HASH_SIZE];

    memset(hashes[n], 0x40 + n, STORE_HASH_SIZE);
    return hashes[n];
}

static void login(struct family *f)
{
    store_open(&f->s);
    f->user = store_patient(&f->s, "anna");
    CHECK_INT(JOB(&f->s, store_session_add(f->s.db, f->user.id, token(0), "192.0.2.1", &f->session)), 0);
}

/* The answer to `old`, whose holder derives `next` from it. */
static int rotate(struct family *f, int old, int next)
{
    struct store_session session = { .id = -7 };
    int done = JOB(&f->s, store_session_rotate(f->s.db, token(old), token(next), &session));

    if (done < 0)
        CHECK_INT(session.id, -7);              /* untouched                                          */
    else
        CHECK_STR(session.public_id, f->session.public_id);
    return done;
}

static int find(struct family *f)
{
    struct store_session session;

    return store_session_find(f->s.db, f->session.public_id, &session);
}

TEST(store_session, a_login_is_found_by_its_public_id)
{
    struct family f;
    struct store_session session;

    login(&f);
    CHECK_MEM(f.session.public_id, "ses_", 4);
    CHECK_INT(store_session_find(f.s.db, f.session.public_id, &session), 0);
    CHECK_INT(session.id, f.session.id);
    CHECK_INT(session.user.id, f.user.id);
    CHECK_STR(session.user.public_id, f.user.public_id);
    CHECK_STR(session.user.role, "patient");
    CHECK_INT(store_session_find(f.s.db, "ses_nobody", &session), -EACCES);
    CHECK_INT(store_session_find(f.s.db, "", &session), -EACCES);
    store_close(&f.s);
}

TEST(store_session, rotates_from_token_to_token)
{
    struct family f;

    login(&f);
    for (int i = 0; i < 10; i++) {
        f.s.now += 900;
        CHECK_INT(rotate(&f, i, i + 1), SESSION_ROTATED);
    }
    CHECK_INT(rotate(&f, 14, 15), -EACCES);     /* unknown                                            */
    CHECK_INT(find(&f), 0);
    CHECK_INT(store_number(&f.s, "SELECT last_used_utc FROM session", NO_ARGS), STORE_NOW + 9000);
    store_close(&f.s);
}

/* Two tabs, or an answer that was lost: the same successor, as often as asked, to the end of the grace. */
TEST(store_session, a_race_within_the_grace_gives_the_same_successor)
{
    struct family f;

    login(&f);
    CHECK_INT(rotate(&f, 0, 1), SESSION_ROTATED);
    CHECK_INT(rotate(&f, 0, 1), SESSION_ROTATED);
    f.s.now += STORE_SESSION_GRACE_S;
    CHECK_INT(rotate(&f, 0, 1), SESSION_ROTATED);
    CHECK_INT(store_number(&f.s, "SELECT count(*) FROM refresh_token", NO_ARGS), 2);
    CHECK_INT(rotate(&f, 1, 2), SESSION_ROTATED);
    CHECK_INT(find(&f), 0);
    store_close(&f.s);
}

/* Within the grace, but the answer would set the clock of the cookie back. */
TEST(store_session, a_latecomer_of_the_race_keeps_the_newer_cookie)
{
    struct family f;
    struct store_session other;

    login(&f);
    CHECK_INT(rotate(&f, 0, 1), SESSION_ROTATED);
    CHECK_INT(rotate(&f, 0, 3), SESSION_KEEP);  /* derived by another key: not the successor          */
    CHECK_INT(JOB(&f.s, store_session_add(f.s.db, f.user.id, token(9), NULL, &other)), 0);
    CHECK_INT(rotate(&f, 0, 9), SESSION_KEEP);  /* nor is the token of another login                  */
    CHECK_INT(rotate(&f, 1, 2), SESSION_ROTATED);
    CHECK_INT(rotate(&f, 0, 1), SESSION_KEEP);  /* 1 was itself exchanged meanwhile                   */
    CHECK_INT(rotate(&f, 1, 2), SESSION_ROTATED);
    CHECK_INT(find(&f), 0);
    CHECK_INT(store_number(&f.s, "SELECT count(*) FROM refresh_token WHERE rotated_utc IS NULL", NO_ARGS), 2);
    store_close(&f.s);
}

TEST(store_session, reuse_after_the_grace_revokes_the_whole_family)
{
    struct family f, other;

    login(&f);
    other = f;
    CHECK_INT(JOB(&f.s, store_session_add(f.s.db, f.user.id, token(9), NULL, &other.session)), 0);
    CHECK_INT(rotate(&f, 0, 1), SESSION_ROTATED);
    CHECK_INT(rotate(&f, 1, 2), SESSION_ROTATED);
    f.s.now += STORE_SESSION_GRACE_S + 1;
    CHECK_INT(rotate(&f, 0, 1), SESSION_REUSED);
    CHECK_INT(find(&f), -EACCES);
    CHECK_INT(rotate(&f, 2, 3), -EACCES);       /* the newest, whoever has it                         */
    CHECK_INT(rotate(&f, 0, 1), -EACCES);       /* the thief, again                                   */
    CHECK_INT(store_number(&f.s, "SELECT count(*) FROM session WHERE revoked_why = 'reuse'", NO_ARGS), 1);

    f.session = other.session;                  /* the login on another device lives                  */
    CHECK_INT(find(&f), 0);
    CHECK_INT(rotate(&f, 9, 10), SESSION_ROTATED);
    store_close(&f.s);
}

TEST(store_session, a_token_expires_when_it_is_not_used)
{
    struct family f;

    login(&f);
    f.s.now += STORE_SESSION_IDLE_S - 1;
    CHECK_INT(rotate(&f, 0, 1), SESSION_ROTATED);
    f.s.now += STORE_SESSION_IDLE_S;
    CHECK_INT(rotate(&f, 1, 2), -EACCES);
    store_close(&f.s);
}

TEST(store_session, ends_after_its_life_used_or_not)
{
    struct family f;
    int n = 0;

    login(&f);
    for (; f.s.now + STORE_SESSION_IDLE_S - 1 < STORE_NOW + STORE_SESSION_LIFE_S; n++) {
        f.s.now += STORE_SESSION_IDLE_S - 1;
        CHECK_INT(rotate(&f, n, n + 1), SESSION_ROTATED);
    }
    f.s.now = STORE_NOW + STORE_SESSION_LIFE_S - 1;
    CHECK_INT(find(&f), 0);
    CHECK_INT(rotate(&f, n, n + 1), SESSION_ROTATED);
    f.s.now++;
    CHECK_INT(find(&f), -EACCES);
    CHECK_INT(rotate(&f, n + 1, n + 2), -EACCES);
    CHECK_INT(rotate(&f, n, n + 1), -EACCES);
    store_close(&f.s);
}

TEST(store_session, logout_ends_it_at_once_and_twice_is_fine)
{
    struct family f;
    struct store_session session = { 0 };

    login(&f);
    CHECK_INT(rotate(&f, 0, 1), SESSION_ROTATED);
    CHECK_INT(JOB(&f.s, store_session_revoke(f.s.db, token(1), &session)), 0);
    CHECK_STR(session.public_id, f.session.public_id);
    CHECK_INT(session.user.id, f.user.id);
    CHECK_INT(find(&f), -EACCES);
    CHECK_INT(rotate(&f, 1, 2), -EACCES);
    CHECK_INT(rotate(&f, 0, 1), -EACCES);       /* no race revives it                                 */

    f.s.now += 100;
    CHECK_INT(JOB(&f.s, store_session_revoke(f.s.db, token(1), &session)), 0);
    CHECK_INT(store_number(&f.s, "SELECT revoked_utc FROM session", NO_ARGS), STORE_NOW);
    CHECK_INT(JOB(&f.s, store_session_revoke(f.s.db, token(12), &session)), -ENOENT);
    store_close(&f.s);
}

TEST(store_session, a_disabled_user_has_none)
{
    struct family f;
    struct store_session session;

    login(&f);
    CHECK_INT(JOB(&f.s, store_user_disable(f.s.db, f.user.id, true)), 0);
    CHECK_INT(find(&f), -EACCES);
    CHECK_INT(rotate(&f, 0, 1), -EACCES);
    CHECK_INT(JOB(&f.s, store_session_add(f.s.db, f.user.id, token(5), NULL, &session)), -EACCES);
    CHECK_INT(JOB(&f.s, store_session_add(f.s.db, 999, token(5), NULL, &session)), -ENOENT);
    CHECK_INT(store_number(&f.s, "SELECT count(*) FROM session", NO_ARGS), 1);
    store_close(&f.s);
}

TEST(store_session, all_of_a_user_are_revoked_and_nobody_elses)
{
    struct family f;
    struct store_session second, bens;
    struct store_user ben;

    login(&f);
    ben = store_patient(&f.s, "ben");
    CHECK_INT(JOB(&f.s, store_session_add(f.s.db, f.user.id, token(5), NULL, &second)), 0);
    CHECK_INT(JOB(&f.s, store_session_add(f.s.db, ben.id, token(6), NULL, &bens)), 0);
    CHECK_INT(JOB(&f.s, store_session_revoke_user(f.s.db, f.user.id)), 2);
    CHECK_INT(JOB(&f.s, store_session_revoke_user(f.s.db, f.user.id)), 0);
    CHECK_INT(find(&f), -EACCES);
    CHECK_INT(store_session_find(f.s.db, second.public_id, &second), -EACCES);
    CHECK_INT(store_session_find(f.s.db, bens.public_id, &bens), 0);
    store_close(&f.s);
}

/* The same token cannot be in two sessions. */
TEST(store_session, a_hash_is_unique)
{
    struct family f;
    struct store_session session;

    login(&f);
    CHECK_INT(JOB(&f.s, store_session_add(f.s.db, f.user.id, token(0), NULL, &session)), -EEXIST);
    CHECK_INT(store_number(&f.s, "SELECT count(*) FROM session", NO_ARGS), 1);
    store_close(&f.s);
}

TEST(store_session, purge_takes_what_ended_over_a_day_ago_only)
{
    struct family f;
    struct store_session ended, session;

    login(&f);
    CHECK_INT(JOB(&f.s, store_session_add(f.s.db, f.user.id, token(8), NULL, &ended)), 0);
    CHECK_INT(JOB(&f.s, store_session_revoke(f.s.db, token(8), &session)), 0);
    CHECK_INT(rotate(&f, 0, 1), SESSION_ROTATED);
    f.s.now += 86400;
    CHECK_INT(JOB(&f.s, store_session_purge(f.s.db)), 0);
    f.s.now += 1;
    CHECK_INT(JOB(&f.s, store_session_purge(f.s.db)), 2);       /* the revoked one and its token      */
    CHECK_INT(find(&f), 0);
    CHECK_INT(rotate(&f, 1, 2), SESSION_ROTATED);

    f.s.now = STORE_NOW + STORE_SESSION_IDLE_S + 86400 + 1;
    CHECK_INT(JOB(&f.s, store_session_purge(f.s.db)), 2);       /* tokens 0 and 1                     */
    CHECK_INT(find(&f), 0);
    f.s.now += 2 * 86400;
    CHECK_INT(JOB(&f.s, store_session_purge(f.s.db)), 2);       /* token 2, and with it the session   */
    CHECK_INT(store_number(&f.s, "SELECT count(*) FROM session", NO_ARGS), 0);
    CHECK_INT(store_number(&f.s, "SELECT count(*) FROM refresh_token", NO_ARGS), 0);
    store_close(&f.s);
}
