/* file_look.c - a file is what its bytes are, and nothing that a scanner knows as harmful. */
#include "file_look.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "auth/digest.h"
#include "config.h"
#include "door.h"
#include "file_type.h"
#include "log.h"
#include "net/command.h"
#include "storage/segments.h"
#include "storage/store_audit.h"
#include "xalloc.h"

enum { SCAN_CLEAN = 0, SCAN_FOUND = 1 };        /* as clamdscan and its like say it                  */

struct look {
    const struct file_type *type;
    unsigned char digest[DIGEST_SIZE];
    int verdict;                                /* 0: it is kept                                     */
};

int file_scan_check(const struct api *api)
{
    const char *command = api->parts.config->scan_command;
    int err = *command != '\0' ? command_check(command) : 0;

    if (err)
        log_error("file.scan", "command=\"%s\" error=\"%s\" hint=\"a path from the root, and arguments\"",
                  command, strerror(-err));
    return err;
}

/* What could not be scanned is not taken: it stays as it is, and whoever asks again has it scanned again. */
static int scan(const struct action *a, const void *all)
{
    const struct config *config = a->api->parts.config;
    int status = 0, err;
    bool found;

    if (*config->scan_command == '\0')
        return 0;
    err = command_run(config->scan_command, all, (size_t)a->file.size, config->scan_timeout_s * 1000,
                      &status);
    if (err == 0 && status == SCAN_CLEAN)
        return 0;
    found = err == 0 && status == SCAN_FOUND;
    log_warn(found ? "file.blocked" : "file.scan", "file=%s status=%d errno=%d request=%s",
             a->file.public_id, status, -err, a->request_id);
    return found ? -EUCLEAN : -EBUSY;
}

int file_look(struct action *a, struct db *db)
{
    const struct file_row *f = &a->file;
    const struct segment_file at = { f->public_id, (size_t)f->segment };
    struct look *look = action_own(a, sizeof *look);
    unsigned char *all = xalloc((size_t)f->size);
    int err = segments_read(a->api->parts.files, &at, f->size, 0, (size_t)f->size, all);

    (void)db;
    if (err == 0)
        err = digest_sha256(all, (size_t)f->size, look->digest);
    if (err == 0)
        look->verdict = file_type_find(all, (size_t)f->size, f->kind, &look->type);
    if (err == 0 && look->verdict == 0)
        look->verdict = scan(a, all);
    explicit_bzero(all, (size_t)f->size);
    free(all);
    return err ? err : look->verdict == -EBUSY ? -EBUSY : 0;
}

int file_judge(struct action *a, struct db *db)
{
    const struct look *look = action_own(a, sizeof *look);
    const struct audit_new blocked = { .user = action_user(a), .action = "file.blocked",
                                       .object = a->file.public_id, .ip = action_address(a) };
    int err;

    if (look->verdict == 0)
        return store_file_ready(db, &a->file, look->type->mime, look->digest);
    action_refuse(a, look->verdict);
    if (look->verdict != -EUCLEAN)
        return store_file_remove(db, a->api->parts.files, &a->file);
    err = store_file_block(db, &a->file);
    return err ? err : store_audit_add(db, &blocked);
}
