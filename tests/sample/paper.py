"""PDFs of plain lines, as suppliers send them: no attachment, no tag, only where a word stands."""

PAGE = (595, 842)
SIZE, LEADING, LEFT, TOP = 9, 12, 40, 800


def _escape(text):
    return text.encode('cp1252').replace(b'\\', b'\\\\').replace(b'(', b'\\(').replace(b')', b'\\)')


def _object(number, body):
    return b'%d 0 obj\n%s\nendobj\n' % (number, body)


def _content(text):
    """A page whose words stand in the columns that they have in the text."""
    out = [b'BT /F %d Tf' % SIZE]
    for row, line in enumerate(text.split('\n')):
        if line.strip():
            out.append(b'1 0 0 1 %d %d Tm (%s) Tj' % (LEFT, TOP - LEADING * row, _escape(line)))
    return b'\n'.join(out + [b'ET'])


def pdf(*pages):
    """The bytes of a PDF with a page of text each."""
    kids = b' '.join(b'%d 0 R' % (4 + 2 * i) for i in range(len(pages)))
    objects = [_object(1, b'<</Type/Catalog/Pages 2 0 R>>'),
               _object(2, b'<</Type/Pages/Count %d/Kids[%s]>>' % (len(pages), kids)),
               _object(3, b'<</Type/Font/Subtype/Type1/BaseFont/Courier/Encoding/WinAnsiEncoding>>')]
    for i, text in enumerate(pages):
        content = _content(text)
        objects.append(_object(4 + 2 * i, b'<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Contents '
                               b'%d 0 R/Resources<</Font<</F 3 0 R>>>>>>' % (*PAGE, 5 + 2 * i)))
        objects.append(_object(5 + 2 * i, b'<</Length %d>>\nstream\n%s\nendstream'
                               % (len(content), content)))
    out, places = b'%PDF-1.4\n', []
    for one in objects:
        places.append(len(out))
        out += one
    table = b''.join(b'%010d 00000 n \n' % place for place in places)
    return out + b'xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R>>\nstartxref\n' \
        b'%d\n%%%%EOF\n' % (len(objects) + 1, table, len(objects) + 1, len(out))
