/* test_reauth.c - saying one's password again: before the work, by the limits of logging in. */
#include "sessions_fixture.h"

#include "storage/store_identity.h"

/* A door of its own, behind the real machinery. */
struct knock { struct house *h; int err, works; char said[64]; bool done; };
static struct knock *knocked;

static int work(struct action *a, struct db *db)
{
    const char *said;
    int err = action_take_text(a, "said", sizeof knocked->said, &said);

    CHECK(db != NULL);
    if (err == 0)
        err = action_end_input(a);              /* the password is not in it any more                */
    if (err == 0 && strcmp(said, "checks") == 0)
        return -EEXIST;
    if (err == 0)
        snprintf(knocked->said, sizeof knocked->said, "%s", said);
    knocked->works += err == 0;
    return err;
}

static void finished(struct action *a, int err)
{
    const char *why = a->explained != NULL ? text_at(a->explained, "why") : "";

    knocked->err = err;
    knocked->done = true;
    if (err == -EKEYREVOKED)
        CHECK_STR(why, "password-wrong");
    if (err == -EPERM && why[0] != '\0')
        CHECK_STR(why, "password-none");
}

static int knock_at(const struct step *steps, struct house *h, const struct person *who, enum may may,
                    const char *consult, const char *body)
{
    struct action *a = action_new(h->d.api, "knock", may, 0);
    struct knock k = { .h = h };

    knocked = &k;
    a->logged_in = true;
    a->finished = finished;
    snprintf(a->who.user, sizeof a->who.user, "%s", who->session.user.public_id);
    snprintf(a->who.session, sizeof a->who.session, "%s", who->session.public_id);
    snprintf(a->address, sizeof a->address, "192.0.2.7");
    if (consult != NULL)
        action_param(a, "consult", consult);
    a->input_text = strdup(body);
    a->input_size = strlen(body);
    action_start(a, NULL, steps);
    for (int i = 0; i < GIVE_UP_MS && !k.done; i++)
        world_turn(&h->d.w, 1);
    CHECK(k.done);
    CHECK_INT(k.works, k.err == 0);
    return k.err;
}

static int knock(struct house *h, const struct person *who, enum may may, const char *consult,
                 const char *body)
{
    static const struct step steps[] = { REAUTH_STEPS, { ON_WRITER, work }, { 0 } };

    return knock_at(steps, h, who, may, consult, body);
}

#define SAYS(password, said) "{\"password\":\"" password "\",\"said\":\"" said "\"}"

static void account(struct house *h, const char *login, struct person *p)
{
    person_login(&h->d, p, login, house_account(h, login, RIGHT, &password_cost_test));
}

TEST(reauth, the_work_is_done_only_with_the_right_password)
{
    struct house h;
    struct person mei;

    house_open(&h);
    account(&h, "mei", &mei);
    CHECK_INT(knock(&h, &mei, MAY_USER, NULL, SAYS(RIGHT, "yes")), 0);
    CHECK_INT(knock(&h, &mei, MAY_USER, NULL, SAYS("wrong password", "yes")), -EKEYREVOKED);
    CHECK_INT(knock(&h, &mei, MAY_USER, NULL, SAYS("", "yes")), -EINVAL);
    CHECK_INT(knock(&h, &mei, MAY_USER, NULL, "{\"said\":\"yes\"}"), -EINVAL);
    CHECK_INT(knock(&h, &mei, MAY_USER, NULL, "{\"password\":7,\"said\":\"yes\"}"), -EINVAL);
    CHECK_INT(knock(&h, &h.d.patient, MAY_USER, NULL, SAYS(RIGHT, "yes")), -EKEYREVOKED);   /* has none */
    house_close(&h);
}

TEST(reauth, who_has_no_password_confirms_at_his_account_center)
{
    struct house h;
    struct store *s = &h.d.s;
    struct person mei, *who = &h.d.patient;
    const char *body = SAYS("", "yes");
    int64_t id;

    house_open(&h);
    id = who->session.id;
    account(&h, "mei", &mei);
    CHECK_INT(knock(&h, who, MAY_USER, NULL, body), -EPERM);
    CHECK_INT(JOB(s, store_session_authenticated_set(s->db, id, db_now(s->db) - 299)), 0);
    CHECK_INT(knock(&h, who, MAY_USER, NULL, body), 0);
    CHECK_INT(knock(&h, who, MAY_DOCTOR, NULL, body), -EPERM);
    CHECK_INT(JOB(s, store_session_authenticated_set(s->db, id, db_now(s->db) - 301)), 0);
    CHECK_INT(knock(&h, who, MAY_USER, NULL, body), -EPERM);
    CHECK_INT(JOB(s, store_session_authenticated_set(s->db, mei.session.id, db_now(s->db))), 0);
    CHECK_INT(knock(&h, &mei, MAY_USER, NULL, body), 0);
    CHECK_INT(knock(&h, &mei, MAY_USER, NULL, SAYS("wrong password", "yes")), -EKEYREVOKED);
    house_close(&h);
}

TEST(reauth, who_may_not_do_it_is_refused_before_his_password_is_looked_at)
{
    struct house h;
    struct person mei;

    house_open(&h);
    account(&h, "mei", &mei);
    CHECK_INT(knock(&h, &mei, MAY_DOCTOR, NULL, SAYS("wrong password", "yes")), -EPERM);
    CHECK_INT(knock(&h, &mei, MAY_PARTICIPANT, h.d.consult, SAYS("wrong password", "yes")), -ENOENT);
    CHECK_INT(knock(&h, &mei, MAY_PARTICIPANT, h.d.consult, SAYS(RIGHT, "yes")), -ENOENT);
    house_close(&h);
}

TEST(reauth, guesses_are_counted_together_with_those_at_the_door_and_right_ones_are_not)
{
    static const char *const flags[] = { "--login-failures-max", "3", NULL };
    struct house h;
    struct person mei;

    house_open_with(&h, flags, 100);
    account(&h, "mei", &mei);
    for (int i = 0; i < 5; i++)                 /* also when the work says no                         */
        CHECK_INT(knock(&h, &mei, MAY_USER, NULL, SAYS(RIGHT, "checks")), -EEXIST);
    reply_free(login(&h, "mei", "wrong password"));
    CHECK_INT(knock(&h, &mei, MAY_USER, NULL, SAYS("wrong password", "yes")), -EKEYREVOKED);
    CHECK_INT(knock(&h, &mei, MAY_USER, NULL, SAYS("wrong password", "yes")), -EKEYREVOKED);
    CHECK_INT(knock(&h, &mei, MAY_USER, NULL, SAYS(RIGHT, "yes")), -EDQUOT);
    check_problem(login(&h, "mei", RIGHT), 429, "rate-limited");
    house_close(&h);
}

static int is_disabled(struct action *a, struct db *db)
{
    struct store *s = &knocked->h->d.s;

    (void)db;
    CHECK_INT(JOB(s, store_user_disable(s->db, a->session.user.id, true)), 0);
    return 0;
}

/* While the pool hashes, things go on: what he may do is asked again. */
TEST(reauth, who_is_disabled_meanwhile_does_nothing)
{
    static const struct step steps[] = {
        REAUTH_STEPS, { ON_LOOP, is_disabled }, { ON_WRITER, work }, { 0 }
    };
    struct house h;
    struct person mei;

    house_open(&h);
    account(&h, "mei", &mei);
    CHECK_INT(knock_at(steps, &h, &mei, MAY_USER, NULL, SAYS(RIGHT, "yes")), -EACCES);
    house_close(&h);
}
