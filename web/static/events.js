import{a as s}from"./part-WL26PTVT.js";var e=[];s("../events",o=>{for(let t of e)t.postMessage(o)});self.onconnect=o=>e.push(o.ports[0]);
