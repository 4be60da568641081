/* sio_args.c - arguments as checked text. */
#include <errno.h>
#include <string.h>

#include "sio_json.h"
#include "socketio.h"

int sio_args_shift(struct sio_args *args, char *at, size_t size)
{
    const char *start = args->text.at, *end = start + args->text.size, *rest;
    size_t used;
    int err;

    if (args->text.size < 2 || *start != '"')
        return -EINVAL;
    rest = sio_json_string_end(start);
    err = sio_json_unquote((struct ws_bytes){ start, (size_t)(rest - start) }, at, size, &used);
    if (err)
        return err;

    while (rest < end && (sio_json_is_space(*rest) || *rest == ','))
        rest++;
    args->text = (struct ws_bytes){ rest, (size_t)(end - rest) };
    return 0;
}
