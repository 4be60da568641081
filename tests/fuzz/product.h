/* product.h - the whole product over a database in memory, for fuzz_rest.c and fuzz_live.c: the writer's and
 * the pool's work is done at once, by work(), and the caller's transaction can undo all of it. */
#ifndef PRODUCT_H
#define PRODUCT_H

#define main unused_main                        /* of test.h */
#include "unit/server/api_fixture.h"
#undef main

#include "fuzz.h"
#include "net/pool.h"

enum { TEXT_MAX = 9000 };

static struct desk desk;
static char *tokens[3];                         /* of the patient, the doctor, a stranger           */
static struct job *pending;

int  __wrap_worker_submit(struct worker *worker, const char *key, struct job *job);
int  __wrap_worker_submit_read(struct worker *worker, struct job *job);
int  __wrap_worker_health(struct worker *worker);
int  __wrap_pool_submit(struct pool *pool, void (*work)(void *), void (*done)(void *, int), void *data);
void __wrap_jobs_due(struct jobs *jobs, int64_t due_utc);
void __wrap_jobs_soon(struct jobs *jobs);

int __wrap_worker_submit(struct worker *worker, const char *key, struct job *job)
{
    (void)worker;
    (void)key;
    assert(pending == NULL);
    pending = job;
    return 0;
}

int __wrap_worker_submit_read(struct worker *worker, struct job *job)
{
    return __wrap_worker_submit(worker, NULL, job);
}

int __wrap_worker_health(struct worker *worker)
{
    (void)worker;
    return 0;
}

int __wrap_pool_submit(struct pool *pool, void (*work)(void *), void (*done)(void *, int), void *data)
{
    (void)pool;
    work(data);
    done(data, 0);
    return 0;
}

void __wrap_jobs_due(struct jobs *jobs, int64_t due_utc)
{
    (void)jobs;
    assert(due_utc >= 0);                       /* 0: at once */
}

void __wrap_jobs_soon(struct jobs *jobs)
{
    (void)jobs;
}

static inline void prepare(void)
{
    const struct person *const people[] = { &desk.patient, &desk.doctor, &desk.stranger };

    if (tokens[0] != NULL)
        return;
    desk_open(&desk);
    for (size_t i = 0; i < COUNT_OF(people); i++) {
        const struct store_session *s = &people[i]->session;
        struct token_new token = { desk.config.issuer, desk.config.audience, s->user.public_id, s->public_id,
                                   s->user.role, clock_utc(), 86400 };

        assert(token_issue(desk.token_key, &token, &tokens[i]) == 0);
    }
}

/* Text with the ids in their places; the buffer's. */
static inline size_t fill_in(struct input text, char to[TEXT_MAX])
{
    size_t used = 0;

    for (; text.left > 0 && used < TEXT_MAX - 100; text.at++, text.left--) {
        const char *id = NULL;

        if (*text.at == '$' && text.left > 1)
            id = text.at[1] == 'C' ? desk.consult : text.at[1] == 'O' ? desk.other
               : text.at[1] == 'D' ? desk.doctor.session.user.public_id
               : text.at[1] == 'P' ? desk.patient.session.user.public_id : NULL;
        if (id == NULL) {
            to[used++] = (char)*text.at;
            continue;
        }
        used += (size_t)snprintf(to + used, 100, "%s", id);
        text.at++;
        text.left--;
    }
    to[used] = '\0';
    return used;
}

static inline void work(void)
{
    while (pending != NULL) {
        struct job *job = pending;
        int err;

        pending = NULL;
        assert(db_script(desk.s.db, "SAVEPOINT job") == 0);
        err = job->run(job, desk.s.db);
        db_reset(desk.s.db);
        assert(db_script(desk.s.db, err < 0 ? "ROLLBACK TO job" : "RELEASE job") == 0);
        job->done(job, err);
    }
}

#endif
