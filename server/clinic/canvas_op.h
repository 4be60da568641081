/* canvas_op.h - what may be drawn on a consult's canvas, and what of it is seen in the end.
 *
 * Op { id, kind, … } as a client says it; { seq, id, by, kind, … } once it has its place. Coordinates are
 * whole numbers of a plane of 1600 x 1000, the pressure of a pen is 0 to 100. */
#ifndef CLINIC_CANVAS_OP_H
#define CLINIC_CANVAS_OP_H

#include <jansson.h>

enum {
    CANVAS_WIDTH = 1600, CANVAS_HEIGHT = 1000, CANVAS_PRESSURE_MAX = 100,
    CANVAS_POINTS_MAX = 2000,                   /* of a stroke                                        */
    CANVAS_TEXT_MAX = 500,                      /* code points                                        */
    CANVAS_MM_MAX = 5000,                       /* of a length that is known                          */
    CANVAS_ID_MIN = 8, CANVAS_ID_MAX = 64,      /* of [A-Za-z0-9_-]                                   */
};

/* Is it one, with all its members and no others? NULL; else what is wrong, for people. */
const char *canvas_op_check(const json_t *op);

/* For storing: without id, kind and target; points as the text "x y p x y p". Of one that was checked.
 * NULL: no memory. */
json_t *canvas_op_pack(const json_t *op);
/* The points become points again, in place. -EINVAL: they are none. -ENOMEM. */
int canvas_op_unpack(json_t *packed);

/* Of ops in the order of their seq, those that are seen: drawn or laid under, not erased, not taken back.
 * Each is shared. What speaks of an op that is not among them has no effect. NULL: no memory. */
json_t *canvas_fold(const json_t *ops);

#endif
