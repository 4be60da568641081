/* sio_args_json.c - arguments from and to jansson, the only place that knows it. */
#include <errno.h>
#include <jansson.h>

#include "sio_frames.h"

static int add(const char *at, size_t size, void *text)
{
    return buf_add(text, at, size) == 0 ? 0 : -1;
}

int sio_args_print(struct sio_args *args, struct buf *text)
{
    json_t *array = args->take;
    int err = 0;

    if (array == NULL)
        return 0;
    args->take = NULL;
    if (!json_is_array(array))
        err = -EINVAL;
    else if (json_dump_callback(array, add, text, JSON_COMPACT) != 0)
        err = -ENOMEM;
    else
        args->text = (struct ws_bytes){ text->at + 1, text->size - 2 };         /* without brackets */
    json_decref(array);
    return err;
}

void sio_args_drop(struct sio_args *args)
{
    json_decref(args->take);
    args->take = NULL;
}

json_t *sio_args_json(struct sio_args args)
{
    json_t *array = NULL;
    struct buf text;

    buf_init(&text, BUF_NO_LIMIT);
    if (buf_add_byte(&text, '[') == 0 && buf_add(&text, args.text.at, args.text.size) == 0
        && buf_add_byte(&text, ']') == 0) {
        const char *at = (const char *)text.at;

        array = json_loadb(at, text.size, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, NULL);
        if (array == NULL)                      /* integers past 64 bits become reals, as in JS     */
            array = json_loadb(at, text.size,
                               JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL, NULL);
    }
    buf_finish(&text);
    return array;
}
