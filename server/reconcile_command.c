/* reconcile_command.c - `consultd reconcile`, beside a running server too: it only reads, in one snapshot. */
#include "reconcile_command.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "storage/store_reconcile.h"
#include "store.h"

extern char **environ;

static int differences_find(const struct config *config, json_t **ret_differences)
{
    struct store store;
    char path[4096];
    int err;

    store_path(config, "consultd.db", path, sizeof path);
    if (access(path, F_OK) != 0) {
        (void)fprintf(stderr, "consultd: no database in %s\n", config->data);
        return -ENOENT;
    }
    err = store_open(&store, config, false);
    if (err == 0)
        err = db_script(store.writer, "BEGIN");
    if (err == 0)
        err = store_reconcile(store.writer, ret_differences);
    if (err)
        (void)fprintf(stderr, "consultd: %s (%s)\n", strerror(-err),
                      store.writer != NULL ? db_error(store.writer) : config->data);
    store_close(&store);
    return err;
}

static void differences_print(const json_t *differences)
{
    const json_t *one;
    size_t i;

    json_array_foreach(differences, i, one)
    {
        (void)printf("%-24s %s", json_string_value(json_object_get(one, "what")),
                     json_string_value(json_object_get(one, "object")));
        if (json_object_get(one, "expectedMinor") != NULL)
            (void)printf("  %lld, not %lld",
                         (long long)json_integer_value(json_object_get(one, "amountMinor")),
                         (long long)json_integer_value(json_object_get(one, "expectedMinor")));
        (void)printf("\n");
    }
    (void)printf("%zu differences\n", json_array_size(differences));
}

int reconcile_command(int argc, char **argv)
{
    struct config config;
    json_t *differences = NULL;
    char why[512];
    size_t count;
    int err;

    if (argc != 1 && (argc != 3 || strcmp(argv[1], "--data") != 0)) {
        (void)fputs("usage: consultd reconcile [--data DIR]\n"
                    "Compares orders, ledger, outbox and the provider's books; prints each difference.\n",
                    stderr);
        return 2;
    }
    err = config_read(&config, argc, argv, environ, why, sizeof why);
    if (err) {
        (void)fprintf(stderr, "consultd: %s\n", why);
        return 2;
    }
    err = differences_find(&config, &differences);
    config_free(&config);
    if (err)
        return 1;
    differences_print(differences);
    count = json_array_size(differences);
    json_decref(differences);
    return count > 0;
}
