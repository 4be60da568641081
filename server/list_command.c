/* list_command.c - a list of the product's, from a table in text: all of it or nothing. */
#include "list_command.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "store.h"

extern char **environ;

static int import(const struct list_command *command, const struct config *config, const char *path)
{
    char *text = NULL, why[TSV_WHY_SIZE] = "";
    size_t size;
    struct store store;
    int err = tsv_file_read(path, &text, &size);

    if (err) {
        (void)fprintf(stderr, "consultd: %s: %s\n", path, strerror(-err));
        return err;
    }
    err = store_open(&store, config, false);
    if (err) {
        free(text);
        return err;
    }
    err = db_script(store.writer, "BEGIN IMMEDIATE");
    if (err == 0)
        err = command->load(store.writer, text, size, why);
    if (err >= 0 && db_script(store.writer, "COMMIT") == 0)
        (void)printf("%d %s of %s\n", err, command->things, path);
    else
        (void)fprintf(stderr, "consultd: %s: %s\n", path, why[0] != '\0' ? why : db_error(store.writer));
    store_close(&store);
    free(text);
    return err;
}

int list_command(const struct list_command *command, int argc, char **argv)
{
    static const struct option flags[] = { { "data", 1, NULL, 'd' }, { 0 } };
    static char data_flag[] = "--data";
    struct config config;
    char why[512];
    char *serve[3] = { argv[0], NULL, NULL };
    int count = 1, err;

    for (int flag; (flag = getopt_long(argc, argv, "", flags, NULL)) != -1; count = 3) {
        serve[1] = data_flag;
        serve[2] = optarg;
        if (flag != 'd')
            return 2;
    }
    if (argc - optind != 2 || strcmp(argv[optind], "import") != 0) {
        (void)fputs(command->usage, stderr);
        return 2;
    }
    err = config_read(&config, count, serve, environ, why, sizeof why);
    if (err) {
        (void)fprintf(stderr, "consultd: %s\n", why);
        return 2;
    }
    err = import(command, &config, argv[optind + 1]);
    config_free(&config);
    return err < 0 ? 1 : 0;
}
