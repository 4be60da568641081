/* audit_command.c - `consultd audit verify`, beside a running server too: it only reads, in one snapshot. */
#include "audit_command.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "api/audit_head.h"
#include "config.h"
#include "storage/store_audit_chain.h"
#include "store.h"

extern char **environ;

static int usage(void)
{
    (void)fputs("usage: consultd audit verify [--head FILE] [--data DIR]\n"
                "Walks the audit from its first row to its last, and to the row that the head names; prints\n"
                "the first row that is not as it was written.\n", stderr);
    return 2;
}

/* 0 good, 1 not, or a negative errno. */
static int walk(struct db *db, const char *head_path)
{
    struct audit_head head;
    struct audit_verdict verdict;
    int found, err = db_script(db, "BEGIN");

    if (err == 0 && head_path != NULL) {
        err = audit_head_read(db, head_path, &head);
        if (err == -EINVAL || err == -EBADMSG) {
            (void)printf("%s: no head of this audit\n", head_path);
            return 1;
        }
    }
    if (err)
        return err;
    found = store_audit_verify(db, head_path != NULL ? &head : NULL, &verdict);
    if (found == 1)
        (void)printf("row %" PRId64 ": %s\n%" PRId64 " rows before it are as they were written\n",
                     verdict.bad, verdict.why, verdict.rows);
    if (found == 0)
        (void)printf("%" PRId64 " rows, all as they were written\n", verdict.rows);
    return found;
}

static int verify(const struct config *config, const char *head_path)
{
    struct store store;
    char path[4096];
    int found;

    store_path(config, "consultd.db", path, sizeof path);
    if (access(path, F_OK) != 0) {
        (void)fprintf(stderr, "consultd: no database in %s\n", config->data);
        return 1;
    }
    found = store_open(&store, config, false);
    if (found == 0)
        found = walk(store.writer, head_path);
    if (found < 0)
        (void)fprintf(stderr, "consultd: %s (%s)\n", strerror(-found),
                      store.writer != NULL ? db_error(store.writer) : config->data);
    store_close(&store);
    return found != 0;
}

int audit_command(int argc, char **argv)
{
    char *flags[3] = { argv[0] }, why[512];
    const char *head = NULL;
    int count = 1, err, status;
    struct config config;

    if (argc < 2 || strcmp(argv[1], "verify") != 0 || argc % 2 != 0)
        return usage();
    for (int i = 2; i < argc; i += 2) {
        if (strcmp(argv[i], "--head") == 0 && head == NULL) {
            head = argv[i + 1];
        } else if (strcmp(argv[i], "--data") == 0 && count == 1) {
            flags[count++] = argv[i];
            flags[count++] = argv[i + 1];
        } else {
            return usage();
        }
    }
    err = config_read(&config, count, flags, environ, why, sizeof why);
    if (err) {
        (void)fprintf(stderr, "consultd: %s\n", why);
        return 2;
    }
    status = verify(&config, head);
    config_free(&config);
    return status;
}
