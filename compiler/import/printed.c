/* What print(model) shows:
 *
 *     VGG(
 *       (features): Sequential(
 *         (0): Conv2d(3, 64, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))
 *       )
 *     )
 *
 * Each line becomes one of the draft, so that a message's line is that of the file. */
#include <string.h>

#include "base/character.h"
#include "import/import.h"

enum { DEEPEST = 100 };

typedef struct Line {
    const char *name, *class, *rest; /* rest: behind the class's bracket */
    size_t name_length, class_length, rest_length;
    bool closes, opens;
} Line;

/* Takes a line apart. False when it is nothing that print(model) shows. */
static bool read_line(const char *text, size_t length, Line *line)
{
    const char *end = text + length;
    *line = (Line){0};
    while (end > text && (end[-1] == ' ' || end[-1] == '\t' || end[-1] == '\r'))
        end--;
    while (text < end && (*text == ' ' || *text == '\t'))
        text++;
    if (end - text == 1 && *text == ')')
        return line->closes = true;
    if (text < end && *text == '(') {
        const char *close = memchr(text, ')', (size_t)(end - text));
        if (!close || end - close < 3 || close[1] != ':')
            return false;
        line->name = text + 1;
        line->name_length = (size_t)(close - text - 1);
        text = close + 2 + (close[2] == ' ');
    }
    line->class = text;
    line->class_length = (size_t)character_name_length(text, (int)(end - text), false);
    text += line->class_length;
    if (!line->class_length || text == end || *text != '(')
        return false;
    line->rest = text + 1;
    line->rest_length = (size_t)(end - line->rest);
    line->opens = line->rest_length == 0;
    return line->opens || end[-1] == ')';
}

static const char *next_line(const char *text, const char *end)
{
    const char *newline = memchr(text, '\n', (size_t)(end - text));
    return newline ? newline + 1 : end;
}

bool import_is_printed(const char *bytes, size_t length)
{
    const char *end = bytes + length;
    Line line;
    for (const char *text = bytes; text < end; text = next_line(text, end))
        if (read_line(text, (size_t)(next_line(text, end) - text) - (next_line(text, end)[-1] == '\n'), &line)
            && line.opens && !line.name)
            return true;
    return false;
}

static void add_child(Import *import, const Line *line, int depth, int place, int number)
{
    if (!line->name)
        import_fail(import, NULL, "line %d: a child lacks its name in brackets", number);
    if (memchr(line->name, '-', line->name_length))
        import_fail(import, "write a line for each of them, with its own number in brackets",
                    "line %d: several children stand in one line", number);
    import_child(import, depth, line->name, line->name_length, place);
    text_add_bytes(&import->draft, line->class, line->class_length);
    if (line->opens) {
        text_add(&import->draft, " {");
    } else {
        text_add(&import->draft, "(");
        text_add_bytes(&import->draft, line->rest, line->rest_length);
    }
}

void import_printed(Import *import, const char *bytes, size_t length)
{
    const char *end = bytes + length;
    int depth = 0, places[DEEPEST + 1] = {0}, number = 1;
    for (const char *text = bytes, *next; text < end && (depth || !import->class); text = next, number++) {
        Line line;
        next = next_line(text, end);
        bool good = read_line(text, (size_t)(next - text) - (next[-1] == '\n'), &line);
        if (depth && !good)
            import_fail(import, NULL, "line %d is none that print(model) shows: (NAME): CLASS(ARGUMENTS)", number);
        if (!depth && good && line.opens && !line.name) {
            import->class = arena_copy(import->arena, line.class, line.class_length);
            text_printf(&import->draft, "model Draft(1) {");
            depth = 1;
        } else if (depth && line.closes) {
            text_add(&import->draft, "}");
            depth--;
        } else if (depth) {
            add_child(import, &line, depth, places[depth]++, number);
            if (line.opens && ++depth > DEEPEST)
                import_fail(import, NULL, "line %d nests more than %d levels deep", number, DEEPEST);
            if (line.opens)
                places[depth] = 0;
        }
        text_add(&import->draft, "\n");
    }
    if (depth)
        import_fail(import, "paste all that print(model) shows, to the last bracket", "it ends within %s(",
                    import->class);
}
