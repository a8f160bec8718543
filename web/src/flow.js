// Particles that go with the wind, in WebGL 2 from the data tiles of both components; on a 2D canvas where there is no WebGL.
import { vectors } from './numbers.js';

const cell = 8; // pixels between the nodes of the field on the screen
const pace = 0.13; // pixels a frame for each m/s
const life = 90; // frames that a particle lives on average
const earth = 6371000;

/** fieldOf is the wind on the screen: {columns, rows, xy: pixels a frame, two for each node; 0, 0 where there is none}. */
async function fieldOf(view, source) {
  const [width, height] = view.map.getSize(), columns = Math.ceil(width / cell) + 1, rows = Math.ceil(height / cell) + 1, resolution = view.map.getView().getResolution();
  const places = [];
  let box = [180, 90, -180, -90];
  for (let j = 0; j < rows; j++) for (let i = 0; i < columns; i++) {
    const at = view.map.getCoordinateFromPixel([i * cell, j * cell]), [lon, lat] = view.toLonLat(at);
    places.push([at, lon, lat]);
    if (Number.isFinite(lon + lat)) box = [Math.min(box[0], lon), Math.min(box[1], lat), Math.max(box[2], lon), Math.max(box[3], lat)];
  }
  const wind = await vectors(source.name, source.query, box, Math.log2(156543 / view.metres())), xy = new Float32Array(2 * columns * rows);
  places.forEach(([at, lon, lat], k) => {
    const w = Number.isFinite(lon + lat) && Math.abs(lat) < 85 && wind([lon, lat]);
    if (!w) return;
    const [u, v] = w, seconds = 600, turn = 180 / Math.PI / earth; // where ten minutes of that wind lead, in the map's projection
    const there = view.fromLonLat([lon + u * seconds * turn / Math.cos(lat * Math.PI / 180), lat + v * seconds * turn]);
    const dx = (there[0] - at[0]) / resolution, dy = (at[1] - there[1]) / resolution, far = Math.hypot(dx, dy), round = Math.abs(there[0] - at[0]) > 1e7;
    if (!far || round) return;
    xy[2 * k] = dx / far * Math.hypot(u, v) * pace;
    xy[2 * k + 1] = dy / far * Math.hypot(u, v) * pace;
  });
  return { columns, rows, width, height, xy };
}

const whole = `#version 300 es
const vec2 corner[4] = vec2[](vec2(-1, -1), vec2(1, -1), vec2(-1, 1), vec2(1, 1));
out vec2 at;
void main() { at = corner[gl_VertexID] * 0.5 + 0.5; gl_Position = vec4(corner[gl_VertexID], 0, 1); }`;
const faded = `#version 300 es
precision mediump float;
uniform sampler2D trail; uniform float keep; in vec2 at; out vec4 color;
void main() { color = floor(255.0 * keep * texture(trail, at)) / 255.0; }`;
const moved = `#version 300 es
precision highp float;
uniform sampler2D field; uniform vec2 size; uniform float seed;
in vec3 particle; out vec3 next; out float seen;
float chance(float n) { return fract(sin(n * 12.9898 + seed * 78.233) * 43758.5453); }
void main() {
  vec2 go = texture(field, particle.xy / size).xy;
  vec2 to = particle.xy + go;
  float age = particle.z - 1.0, n = float(gl_VertexID);
  seen = go == vec2(0) ? 0.0 : 1.0;
  if (age < 0.0 || any(lessThan(to, vec2(0))) || any(greaterThan(to, size)) || (seen == 0.0 && chance(n + 3.0) < 0.1)) {
    to = vec2(chance(n), chance(n + 1.0)) * size;
    age = ${life}.0 * (0.5 + chance(n + 2.0));
    seen = 0.0;
  }
  next = vec3(to, age);
  gl_Position = vec4(to / size * vec2(2, -2) + vec2(-1, 1), 0, 1);
  gl_PointSize = 1.8;
}`;
const dotted = `#version 300 es
precision mediump float;
uniform vec4 ink; in float seen; out vec4 color;
void main() { color = ink * seen; }`;

/** webgl draws particles on the graphics card; null where there is no WebGL 2. */
function webgl(canvas) {
  const gl = canvas.getContext('webgl2', { antialias: false, premultipliedAlpha: true });
  if (!gl) return null;
  const program = (vertex, fragment, feedback) => {
    const p = gl.createProgram();
    for (const [type, text] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]]) {
      const s = gl.createShader(type);
      gl.shaderSource(s, text);
      gl.compileShader(s);
      gl.attachShader(p, s);
    }
    if (feedback) gl.transformFeedbackVaryings(p, feedback, gl.SEPARATE_ATTRIBS);
    gl.linkProgram(p);
    if (!gl.getProgramParameter(p, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(p));
    return p;
  };
  const fade = program(whole, faded), move = program(moved, dotted, ['next']), at = (p, name) => gl.getUniformLocation(p, name);
  const texture = filter => {
    const t = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, t);
    for (const [k, v] of [[gl.TEXTURE_MIN_FILTER, filter], [gl.TEXTURE_MAG_FILTER, filter], [gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE], [gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE]]) gl.texParameteri(gl.TEXTURE_2D, k, v);
    return t;
  };
  const field = texture(gl.LINEAR), trails = [texture(gl.NEAREST), texture(gl.NEAREST)], target = gl.createFramebuffer();
  const buffers = [gl.createBuffer(), gl.createBuffer()], arrays = [gl.createVertexArray(), gl.createVertexArray()], feedback = gl.createTransformFeedback();
  let f = null, count = 0;
  return {
    kind: 'webgl',
    set(next) {
      f = next;
      count = Math.min(9000, Math.round(f.width * f.height / 220));
      Object.assign(canvas, { width: f.width, height: f.height });
      gl.bindTexture(gl.TEXTURE_2D, field);
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RG16F, f.columns, f.rows, 0, gl.RG, gl.FLOAT, f.xy);
      for (const t of trails) {
        gl.bindTexture(gl.TEXTURE_2D, t);
        gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, f.width, f.height, 0, gl.RGBA, gl.UNSIGNED_BYTE, null);
      }
      const start = Float32Array.from({ length: 3 * count }, (_, i) => Math.random() * [f.width, f.height, life][i % 3]), where = gl.getAttribLocation(move, 'particle');
      buffers.forEach((b, i) => {
        gl.bindVertexArray(arrays[i]);
        gl.bindBuffer(gl.ARRAY_BUFFER, b);
        gl.bufferData(gl.ARRAY_BUFFER, start, gl.DYNAMIC_COPY);
        gl.enableVertexAttribArray(where);
        gl.vertexAttribPointer(where, 3, gl.FLOAT, false, 0, 0);
      });
      gl.bindVertexArray(null);
      gl.bindBuffer(gl.ARRAY_BUFFER, null);
    },
    frame(ink) {
      gl.viewport(0, 0, f.width, f.height);
      gl.disable(gl.BLEND);
      const over = (t, keep) => {
        gl.useProgram(fade);
        gl.activeTexture(gl.TEXTURE0);
        gl.bindTexture(gl.TEXTURE_2D, t);
        gl.uniform1i(at(fade, 'trail'), 0);
        gl.uniform1f(at(fade, 'keep'), keep);
        gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
      };
      gl.bindFramebuffer(gl.FRAMEBUFFER, target);
      gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, trails[1], 0);
      over(trails[0], 0.955);
      gl.useProgram(move);
      gl.bindTexture(gl.TEXTURE_2D, field);
      gl.uniform1i(at(move, 'field'), 0);
      gl.uniform2f(at(move, 'size'), f.width, f.height);
      gl.uniform1f(at(move, 'seed'), Math.random());
      gl.uniform4fv(at(move, 'ink'), ink);
      gl.bindVertexArray(arrays[0]);
      gl.bindTransformFeedback(gl.TRANSFORM_FEEDBACK, feedback);
      gl.bindBufferBase(gl.TRANSFORM_FEEDBACK_BUFFER, 0, buffers[1]);
      gl.beginTransformFeedback(gl.POINTS);
      gl.drawArrays(gl.POINTS, 0, count);
      gl.endTransformFeedback();
      gl.bindTransformFeedback(gl.TRANSFORM_FEEDBACK, null);
      gl.bindVertexArray(null);
      gl.bindFramebuffer(gl.FRAMEBUFFER, null);
      over(trails[1], 1);
      for (const pair of [buffers, arrays, trails]) pair.reverse();
    },
  };
}

/** plain draws fewer particles on a 2D canvas. */
function plain(canvas) {
  const pen = canvas.getContext('2d');
  let f = null, all = [];
  const born = () => ({ x: Math.random() * f.width, y: Math.random() * f.height, age: Math.random() * life });
  return {
    kind: '2d',
    set(next) {
      f = next;
      Object.assign(canvas, { width: f.width, height: f.height });
      all = Array.from({ length: Math.min(1800, Math.round(f.width * f.height / 700)) }, born);
    },
    frame(ink) {
      pen.globalCompositeOperation = 'destination-in';
      pen.fillStyle = '#000000f0';
      pen.fillRect(0, 0, f.width, f.height);
      pen.globalCompositeOperation = 'source-over';
      pen.strokeStyle = `rgb(${ink.slice(0, 3).map(v => Math.round(v / ink[3] * 255)).join()} / ${ink[3]})`;
      pen.lineWidth = 1.5;
      pen.beginPath();
      for (const p of all) {
        const k = 2 * (Math.round(p.y / cell) * f.columns + Math.round(p.x / cell)), dx = f.xy[k], dy = f.xy[k + 1];
        if (!(p.age-- > 0) || !(dx || dy)) { Object.assign(p, born()); continue; }
        pen.moveTo(p.x, p.y);
        p.x += dx;
        p.y += dy;
        pen.lineTo(p.x, p.y);
      }
      pen.stroke();
    },
  };
}

/** makeFlow: show({name, query}) moves particles with a wind, show(null) ends it. dark() tells the theme. */
export function makeFlow(view, canvas, dark) {
  let painter = null, source = null, running = 0, turn = 0;
  async function begin() {
    const mine = ++turn, wanted = source;
    if (!wanted) return;
    const field = await fieldOf(view, wanted);
    if (mine !== turn) return;
    painter ??= webgl(canvas) ?? plain(canvas);
    painter.set(field);
    canvas.dataset.kind = painter.kind;
    canvas.hidden = false;
    cancelAnimationFrame(running);
    const frame = () => {
      painter.frame(dark() ? [0.9, 0.9, 0.9, 0.9] : [0.05, 0.09, 0.13, 0.8]);
      canvas.dataset.frames = Number(canvas.dataset.frames ?? 0) + 1;
      running = requestAnimationFrame(frame);
    };
    running = requestAnimationFrame(frame);
  }
  function end() {
    turn++;
    cancelAnimationFrame(running);
    canvas.hidden = true;
  }
  view.map.on('movestart', end);
  view.map.on('moveend', begin);
  return {
    async show(next) {
      if (next?.name === source?.name && next?.query === source?.query) return;
      source = next;
      next ? await begin() : end();
    },
  };
}
