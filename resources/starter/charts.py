"""Charts as SVG, of a few lines each: shares as bars with their intervals, and figures over steps as curves."""

COLOURS = ["#8a8f98", "#3b7dd8", "#2c9c69", "#c9792b"]
STYLE = "font-family:sans-serif;font-size:12px;fill:#444"


def escaped(text):
    return text.replace("&", "&amp;").replace("<", "&lt;")


def svg(width, height, parts):
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">\n'
            f'<rect width="{width}" height="{height}" fill="#fff"/>\n' + "\n".join(parts) + "\n</svg>\n")


def text(x, y, words, anchor="start"):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" style="{STYLE}">{escaped(words)}</text>'


def line(x1, y1, x2, y2, colour="#ccc", width=1):
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" stroke-width="{width}"/>'


def bars(groups, names, title):
    """`groups`: [(label, [(share, low, high) of each name])]; shares from 0 to 1."""
    left, top, thick, gap = 210, 48, 14, 14
    wide, step = 400, thick * len(names) + gap
    parts = [text(12, 20, title)]
    for i, name in enumerate(names):
        parts += [f'<rect x="{left + 110 * i}" y="28" width="10" height="10" fill="{COLOURS[i]}"/>', text(left + 110 * i + 14, 37, name)]
    height = top + step * len(groups) + 24
    for percent in range(0, 101, 25):
        x = left + wide * percent / 100
        parts += [line(x, top - 4, x, height - 20), text(x, height - 6, f"{percent} %", "middle")]
    for g, (label, cells) in enumerate(groups):
        y = top + step * g
        parts.append(text(left - 8, y + step / 2 - 2, label, "end"))
        for i, (share, low, high) in enumerate(cells):
            middle = y + thick * i + thick / 2
            parts.append(f'<rect x="{left}" y="{y + thick * i + 1}" width="{wide * share:.1f}" height="{thick - 2}" fill="{COLOURS[i]}"/>')
            parts.append(line(left + wide * low, middle, left + wide * high, middle, "#222", 1.5))
            parts += [line(left + wide * x, middle - 3, left + wide * x, middle + 3, "#222", 1.5) for x in (low, high)]
            parts.append(text(left + wide + 10, middle + 4, f"{share:.0%}"))
    return svg(left + wide + 60, height, parts)


def curve(points, title, unit=""):
    """`points`: [(x, y)]; the least and the greatest value are named at the left."""
    left, top, wide, tall = 70, 34, 400, 130
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    low, high = min(ys), max(ys)
    span, length = (high - low) or 1, (max(xs) - min(xs)) or 1
    at = [(left + wide * (x - min(xs)) / length, top + tall * (1 - (y - low) / span)) for x, y in points]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in at)
    parts = [text(12, 20, title), line(left, top, left, top + tall), line(left, top + tall, left + wide, top + tall),
             text(left - 6, top + 6, f"{high:.3g}{unit}", "end"), text(left - 6, top + tall, f"{low:.3g}{unit}", "end"),
             text(left, top + tall + 16, str(min(xs))), text(left + wide, top + tall + 16, f"step {max(xs)}", "end"),
             f'<polyline points="{path}" fill="none" stroke="{COLOURS[1]}" stroke-width="1.5"/>']
    return svg(left + wide + 20, top + tall + 28, parts)
