/* sio_question.h - one question to many: a part for each local client, and a count of the other nodes'. */
#ifndef SIO_QUESTION_H
#define SIO_QUESTION_H

#include "sio_ack.h"
#include "sio_server.h"

struct sio_question {
    struct sio_server *server;
    uint64_t           id;                      /* its number, for the adapter; never 0             */
    struct list_link   parts;                   /* who has not answered yet, struct sio_ask         */
    struct list_link   in_settled;
    struct eio_timer   deadline;
    bool               others;                  /* not every other node has said how many it asked  */
    int64_t            missing;                 /* answers of their clients; below 0 if they are early */
    sio_answers_fn    *answers;
    void              *data;
};

void sio_question_answer(struct sio_question *, int error, struct sio_args);    /* a part is gone   */
void sio_questions_settle(struct sio_server *); /* tells those whose last answer came               */
void sio_questions_reset(struct sio_server *);  /* ends all: -ECONNRESET                            */

#endif
