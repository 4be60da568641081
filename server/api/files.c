/* files.c - photos, voice notes and documents: they come by tus 1.0, and go out to who may see them. */
#include "files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "action.h"
#include "config.h"
#include "door.h"
#include "file_look.h"
#include "file_type.h"
#include "net/upload.h"
#include "storage/segments.h"
#include "storage/store_file.h"
#include "xalloc.h"

enum { WAVEFORM_MAX = 64, PIXELS_MAX = 100000, DURATION_MS_MAX = 3600000 };

/* --- coming -------------------------------------------------------------------------------------------- */

static int64_t size_max(const struct config *config, const char *kind)
{
    return strcmp(kind, "image") == 0   ? config->image_max
           : strcmp(kind, "voice") == 0 ? config->voice_max
           : strcmp(kind, "file") == 0  ? config->file_max
                                        : -1;
}

static int new_read(struct action *a, struct file_new *new, char name[FILE_NAME_MAX + 1])
{
    const char *said = NULL;
    int err = action_take_int(a, "length", 1, INT64_MAX, 0, &new->size);

    if (err == 0)
        err = action_take_text(a, "kind", 8, &new->kind);
    if (err == 0)
        err = action_take_text(a, "name", UPLOAD_VALUE_MAX, &said);
    if (err == 0)
        err = action_take_text(a, "waveform", WAVEFORM_MAX, &new->waveform);
    if (err == 0)
        err = action_take_int(a, "durationMs", 1, DURATION_MS_MAX, 0, &new->duration_ms);
    if (err == 0)
        err = action_take_int(a, "width", 1, PIXELS_MAX, 0, &new->width);
    if (err == 0)
        err = action_take_int(a, "height", 1, PIXELS_MAX, 0, &new->height);
    if (err == 0)
        err = action_end_input(a);
    if (err)
        return err;
    if (new->size == 0 || new->kind == NULL || size_max(a->api->parts.config, new->kind) < 0)
        return action_mind(a, "Upload-Length, and kind image, voice or file in Upload-Metadata");
    if (new->waveform != NULL && strspn(new->waveform, "0123456789abcdef") != strlen(new->waveform))
        return action_mind(a, "waveform: a hexadecimal digit a bar");
    file_name_clean(said != NULL ? said : "", name);
    new->name = name;
    return 0;
}

/* tus 1.0, Upload-Expires: when it goes unless more of it comes. */
static void expires(struct action *a, int64_t active_utc)
{
    char date[UPLOAD_DATE_SIZE];

    upload_date_write(active_utc + a->api->parts.config->upload_idle_s, date);
    action_head(a, "Upload-Expires", "%s", date);
}

static int file_create(struct action *a, struct db *db)
{
    const struct config *config = a->api->parts.config;
    struct file_quota quota = { config->files_per_user_max, config->files_per_consult_max,
                                config->uploads_per_user_max };
    struct file_new new = { .consult = action_consult(a),
                            .user = action_user(a),
                            .segment = config->file_segment };
    char name[FILE_NAME_MAX + 1], id[DB_ID_SIZE];
    int err = new_read(a, &new, name);

    if (err == 0 && new.size > size_max(config, new.kind))
        err = -EMSGSIZE;
    if (err == 0)
        err = store_file_add(db, &new, &quota, id);
    if (err)
        return err;
    action_head(a, "Location", "/api/v1/files/%s", id);
    action_head(a, "Upload-Offset", "0");
    expires(a, db_now(db));
    action_due(a, db_now(db) + config->upload_idle_s);
    return action_answer(a, json_pack("{s:s}", "id", id));
}

/* All is here and nobody has looked yet: the steps behind this one do. */
static void look_if_complete(struct action *a)
{
    if (a->file.received < a->file.size || a->file.ready)
        action_enough(a);
}

static int file_head(struct action *a, struct db *db)
{
    int err = action_end_input(a);

    (void)db;
    if (err == 0 && a->file.blocked)
        err = -EUCLEAN;
    action_head(a, "Upload-Offset", "%lld", (long long)a->file.received);
    action_head(a, "Upload-Length", "%lld", (long long)a->file.size);
    if (!a->file.sent)
        expires(a, a->file.active_utc);
    look_if_complete(a);
    return err;
}

static int file_receive(struct action *a, struct db *db)
{
    struct file_row *f = &a->file;
    int64_t offset;
    int err = action_take_int(a, "offset", 0, INT64_MAX, -1, &offset);

    if (err == 0)
        err = action_end_input(a);
    if (err)
        return err;
    if (offset < 0)
        return action_mind(a, "Upload-Offset");
    if (offset != f->received || f->ready || a->api->parts.files == NULL)
        return -EEXIST; /* tus 1.0, PATCH: 409                               */
    if (f->blocked)
        return -EUCLEAN;
    if (f->received < f->size || a->body_size > 0)
        err = store_file_receive(db, a->api->parts.files, f, a->body, a->body_size);
    if (err)
        return err;
    action_head(a, "Upload-Offset", "%lld", (long long)f->received);
    expires(a, db_now(db));
    look_if_complete(a);
    return 0;
}

static int file_end(struct action *a, struct db *db)
{
    int err = action_end_input(a);

    if (err == 0 && (a->file.sent || a->file.blocked || a->api->parts.files == NULL))
        err = DB_BAD_TRANSITION;
    return err ? err : store_file_remove(db, a->api->parts.files, &a->file);
}

/* --- going --------------------------------------------------------------------------------------------- */

/* RFC 8187: every byte of the name that is not plain, as an escape. */
static void disposition(struct action *a, const struct file_type *type, const char *name)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
    char coded[3 * FILE_NAME_MAX + 1], *to = coded;

    for (; *name != '\0' && to < coded + sizeof coded - 3; name++)
        if (strchr(plain, *name) != NULL)
            *to++ = *name;
        else
            to += snprintf(to, 4, "%%%02X", (unsigned char)*name);
    *to = '\0';
    action_head(a, "Content-Disposition", "%s; filename*=UTF-8''%s", type->shown ? "inline" : "attachment",
                coded);
}

/* Whatever it is, nothing in it runs: not by another type, not in a frame, not from another origin. */
static void heads(struct action *a, const struct file_type *type, const char *name)
{
    action_head(a, "Content-Security-Policy", "default-src 'none'; sandbox");
    action_head(a, "Cache-Control", "private, no-cache");
    action_head(a, "Accept-Ranges", "bytes");
    action_head(a, "ETag", "\"%s\"", a->file.sha256);
    disposition(a, type, name);
}

static int file_show(struct action *a, struct db *db)
{
    const struct file_row *f = &a->file;
    const struct segment_file at = { f->public_id, (size_t)f->segment };
    const struct file_type *type = f->ready ? file_type_of(f->mime) : NULL;
    char name[FILE_NAME_MAX + 1];
    int64_t from = 0, count = f->size, first;
    unsigned char *bytes;
    int err = action_end_input(a), ranged;

    if (err == 0 && (type == NULL || a->api->parts.files == NULL))
        err = -ENOENT; /* not all of it is here                             */
    if (err == 0)
        err = store_file_name(db, f, name, sizeof name);
    if (err)
        return err;
    heads(a, type, name);
    if (upload_tag_is(a->none_match, f->sha256)) {
        action_answer_bytes(a, type->mime, NULL, 0, 304);
        return 0;
    }
    /* RFC 9110, 13.1.5: a part of another file than he knows would fit nowhere. */
    ranged = a->if_range != NULL && !upload_tag_is(a->if_range, f->sha256)
                 ? 0
                 : upload_range_read(a->range, f->size, &from, &count);
    if (ranged < 0) {
        action_head(a, "Content-Range", "bytes */%lld", (long long)f->size);
        return ranged;
    }
    if (ranged > 0)
        action_head(a, "Content-Range", "bytes %lld-%lld/%lld", (long long)from,
                    (long long)(from + count - 1), (long long)f->size);
    first = count < f->segment ? count : f->segment;
    bytes = xalloc((size_t)first);
    err = segments_read(a->api->parts.files, &at, f->size, from, (size_t)first, bytes);
    if (err) {
        free(bytes);
        return err;
    }
    action_answer_bytes(a, type->mime, bytes, (size_t)first, ranged > 0 ? 206 : 200);
    action_answer_more(a, from + first, count - first);
    return 0;
}

/* --- the clock ----------------------------------------------------------------------------------------- */

int files_expire(struct action *a, struct db *db, int64_t *ret_next_utc)
{
    const struct api_parts *parts = &a->api->parts;
    int count;

    if (parts->files == NULL)
        return -ENOENT;
    count = store_file_expire(db, parts->files, parts->config->upload_idle_s);
    return count < 0 ? count : store_file_expire_next(db, parts->config->upload_idle_s, ret_next_utc);
}

/* tus 1.0, OPTIONS: what is spoken here. */
static void file_options(struct api *api, const struct sio_http_request *r)
{
    const struct config *c = api->parts.config;
    int64_t max = c->image_max > c->voice_max ? c->image_max : c->voice_max;
    char text[24];

    (void)snprintf(text, sizeof text, "%lld", (long long)(max > c->file_max ? max : c->file_max));
    (void)sio_http_reply(r->ticket, 204,
                         (const struct ws_header[]){ { "Tus-Resumable", "1.0.0" },
                                                     { "Tus-Version", "1.0.0" },
                                                     { "Tus-Extension", "creation,expiration,termination" },
                                                     { "Tus-Max-Size", text },
                                                     { 0 } },
                         (struct ws_bytes){ NULL, 0 });
}

static const struct step head_steps[] = {
    { ON_WRITER, file_head }, { IN_FILE_POOL, file_look }, { ON_WRITER, file_judge }, { 0 }
};
static const struct step patch_steps[] = {
    { ON_WRITER, file_receive }, { IN_FILE_POOL, file_look }, { ON_WRITER, file_judge }, { 0 }
};

/* The doors. */
const struct route file_routes[] = {
    { "POST", "/api/v1/files", file_create, MAY_PARTICIPANT, CREATED | TUS, NULL, NULL },
    { "OPTIONS", "/api/v1/files", NULL, MAY_ANYBODY, 0, NULL, file_options },
    { "HEAD", "/api/v1/files/{file}", NULL, MAY_KEEP_FILE, TUS, head_steps, NULL },
    { "PATCH", "/api/v1/files/{file}", NULL, MAY_KEEP_FILE, TUS, patch_steps, NULL },
    { "DELETE", "/api/v1/files/{file}", file_end, MAY_KEEP_FILE, TUS, NULL, NULL },
    { "GET", "/api/v1/files/{file}", file_show, MAY_SEE_FILE, READ | VIEW | RANGED, NULL, NULL },
    { 0 },
};
