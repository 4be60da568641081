/* canvas_save.c - a picture of a consult's canvas goes into the conversation and stays with the record. */
#include <errno.h>
#include <string.h>

#include "action.h"
#include "canvas_op.h"
#include "cards.h"
#include "door.h"
#include "storage/store_audit.h"
#include "storage/store_canvas.h"
#include "storage/store_file.h"

static int canvas_save(struct action *a, struct db *db)
{
    const char *file, *state = action_consult_state(a);
    int64_t seq, row;
    int err = action_take_text(a, "file", CANVAS_ID_MAX, &file);

    if (err == 0)
        err = action_take_int(a, "seq", 1, INT64_MAX, 0, &seq);
    if (err == 0)
        err = action_end_input(a);
    if (err == 0 && (file == NULL || seq == 0))
        err = action_mind(a, "file and seq are needed");
    if (err == 0 && strcmp(state, "active") != 0 && strcmp(state, "paused") != 0)
        err = DB_BAD_TRANSITION;
    if (err)
        return err;
    if (store_file_unsent(db, action_consult(a), action_user(a), file, "image", &row) != 0)
        return action_mind(a, "file must be a picture of one's own, not sent yet");
    err = consult_card(a, db, json_pack("{s:s, s:s, s:I}", "type", "board", "file", file, "seq",
                                        (json_int_t)seq));
    if (err == 0)
        err = store_canvas_picture_add(db, action_consult(a), action_user(a), row, seq);
    if (err == 0)
        err = store_audit_add(db, &(struct audit_new){ .user = action_user(a), .action = "canvas.save",
                                                       .object = action_consult_id(a),
                                                       .ip = action_address(a) });
    return err ? err : action_answer(a, json_pack("{s:s, s:I}", "file", file, "seq", (json_int_t)seq));
}

static int canvas_pictures(struct action *a, struct db *db)
{
    json_t *items = NULL;
    int err = action_end_input(a);

    if (err == 0)
        err = store_canvas_pictures(db, action_consult(a), &items);
    return err ? err : action_answer(a, json_pack("{s:o}", "items", items));
}

/* The doors. */
const struct route canvas_save_routes[] = {
    { "POST", "/api/v1/consultations/{consult}/board/save", canvas_save, MAY_PARTICIPANT, CREATED | KEYED,
      NULL, NULL },
    { "GET", "/api/v1/consultations/{consult}/board/pictures", canvas_pictures, MAY_PARTICIPANT, READ | VIEW,
      NULL, NULL },
    { 0 },
};
