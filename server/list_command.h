/* list_command.h - `consultd LIST import FILE [--data DIR]`, beside a running server too. */
#ifndef LIST_COMMAND_H
#define LIST_COMMAND_H

#include <stddef.h>

#include "tsv.h"

struct db;

struct list_command {
    const char *usage;
    const char *things;                         /* "drugs"                                           */
    /* In a transaction: how many; -errno, `why`. */
    int (*load)(struct db *db, const char *text, size_t size, char why[TSV_WHY_SIZE]);
};

/* The exit status: 0, 1 nothing was imported, 2 usage. */
int list_command(const struct list_command *command, int argc, char **argv);

#endif
