/* store_queue.h - who waits for a doctor, in which order; what his day looks like; what the clock looks at.
 *
 * Who waits: a consult that is open, of an appointment that is checked in, or without one. Text consults
 * have a line of their own: they are answered beside the others. */
#ifndef STORAGE_STORE_QUEUE_H
#define STORAGE_STORE_QUEUE_H

#include "storage/db.h"

enum { STORE_LINE_MAX = 200, STORE_SAMPLE_MAX = 20 };

struct queue_doctor {
    int64_t id;
    char    public_id[DB_ID_SIZE], clinic[DB_ID_SIZE];          /* the clinic's public id             */
    bool    busy;                               /* is in a consult that is not of text                */
};
int store_queue_doctor(struct db *db, const char *public_id, struct queue_doctor *ret_doctor); /* -ENOENT */
int store_queue_doctor_of(struct db *db, int64_t consult, struct queue_doctor *ret_doctor);
/* The public id of a clinic. */
int store_queue_clinic(struct db *db, int64_t clinic, char ret_id[DB_ID_SIZE]);
/* Those for whom somebody waits: [{ id }]. */
int store_queue_doctors(struct db *db, json_t **ret_doctors);
/* All who are not disabled: [{ id, clinic }]. */
int store_queue_staffed(struct db *db, json_t **ret_doctors);

struct queue_one {
    int64_t consult, service;                   /* service 0: it has no appointment                   */
    int64_t start_utc;                          /* 0: the same                                        */
    int64_t begun_utc;                          /* of a consult under way                             */
    bool    text;
    char    id[DB_ID_SIZE], user[DB_ID_SIZE];   /* the consult's and the patient's account's          */
};
/* The line, in order; their number, at most STORE_LINE_MAX. */
int store_queue_line(struct db *db, int64_t doctor, struct queue_one ret_line[STORE_LINE_MAX]);
/* What the doctor is in just now (no text). -ENOENT: nothing. */
int store_queue_current(struct db *db, int64_t doctor, struct queue_one *ret_one);

/* Seconds that his last STORE_SAMPLE_MAX consults of this kind took, of text ones until they were accepted;
 * of this service, if enough of it are known, else of any. Their number. */
int store_queue_sample(struct db *db, const struct queue_one *like, int64_t doctor,
                       int64_t ret_seconds[STORE_SAMPLE_MAX]);

/* [{ column, consult?, appointment?, patient: { id, name }, service?: { id, name, mode }, start?, since?,
 * unread, returning, reason?, account }]: `account` is the user whose presence counts, for the server to
 * replace. */
int store_queue_board(struct db *db, int64_t doctor, json_t **ret_items);

#endif
