// Values from data tiles: 16 bits a pixel, read here, so that the value under the pointer needs no request of its own.

const size = 256, most = 96; // pixels a side; tiles that are kept
const tiles = new Map(); // address -> promise of {encoding, rgba} or null, oldest first

/** load reads a data tile; it is null where there is none. */
function load(address) {
  let tile = tiles.get(address);
  if (!tile) {
    tile = read(address).catch(() => { tiles.delete(address); return null; });
    if (tiles.size >= most) tiles.delete(tiles.keys().next().value);
  }
  tiles.delete(address);
  tiles.set(address, tile);
  return tile;
}

async function read(address) {
  const answer = await fetch(address);
  if (!answer.ok) return null;
  const [, scale, offset, unit] = /scale=([^,]+), offset=([^,]+), unit="(.*)"/.exec(answer.headers.get('Data-Encoding')) ?? [];
  const picture = await createImageBitmap(await answer.blob(), { colorSpaceConversion: 'none', premultiplyAlpha: 'none' });
  const canvas = new OffscreenCanvas(picture.width, picture.height), pen = canvas.getContext('2d', { willReadFrequently: true });
  pen.drawImage(picture, 0, 0);
  return { scale: Number(scale), offset: Number(offset), unit, width: picture.width, height: picture.height, rgba: pen.getImageData(0, 0, picture.width, picture.height).data };
}

/** placeIn turns degrees to the tile that has the place, and the pixel in it. */
function placeIn([lon, lat], z) {
  const n = 2 ** z, s = Math.sin(lat * Math.PI / 180);
  const x = ((((lon + 180) / 360) % 1) + 1) % 1 * n, y = (0.5 - Math.log((1 + s) / (1 - s)) / (4 * Math.PI)) * n;
  return { x: Math.floor(x), y: Math.floor(y), i: Math.floor((x % 1) * size), j: Math.floor((y % 1) * size), inside: y >= 0 && y < n };
}

const value = (tile, i, j) => {
  const at = 4 * (j * tile.width + i);
  return tile.rgba[at + 2] ? NaN : tile.offset + tile.scale * (256 * tile.rgba[at] + tile.rgba[at + 1]);
};

/** valueAt resolves to {value, unit} of a layer at a place, in the SI unit; null where there is none. query: what the picture is asked with. */
export async function valueAt(name, query, at, zoom) {
  const z = Math.max(0, Math.min(10, Math.round(zoom))), p = placeIn(at, z);
  if (!p.inside) return null;
  const tile = await load(`xyz/${name}/${z}/${p.x}/${p.y}.data.png?${query}`);
  const v = tile ? value(tile, p.i, p.j) : NaN;
  return Number.isFinite(v) ? { value: v, unit: tile.unit } : null;
}

/** vectors resolves to a function of degrees: [east, north] or null, from all tiles that a box of degrees touches. */
export async function vectors(name, query, [west, south, east, north], zoom) {
  const z = Math.max(0, Math.min(7, Math.round(zoom))), n = 2 ** z, wanted = new Map();
  const a = placeIn([0, Math.min(north, 85)], z), b = placeIn([0, Math.max(south, -85)], z);
  const first = Math.floor((west + 180) / 360 * n), last = Math.min(Math.floor((east + 180) / 360 * n), first + n - 1);
  for (let x = first; x <= last; x++) for (let y = Math.max(a.y, 0); y <= Math.min(b.y, n - 1); y++) wanted.set(`${((x % n) + n) % n}/${y}`, null);
  await Promise.all([...wanted.keys()].map(async k => wanted.set(k, await load(`xyz/${name}/${z}/${k}.uv.png?${query}`))));
  return at => {
    const p = placeIn(at, z), tile = p.inside && wanted.get(`${p.x}/${p.y}`);
    if (!tile) return null;
    const u = value(tile, p.i, p.j), v = value(tile, p.i, p.j + size);
    return Number.isFinite(u + v) ? [u, v] : null;
  };
}
