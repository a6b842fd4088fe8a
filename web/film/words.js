// All words of the pages, in both languages: [中文, English]. {0} is the first value, and so on.
const WORDS = {
  brand: ["互认 · 云胶片", "huren · films"], larger: ["大字", "Larger"], smaller: ["标准字", "Normal"],
  opening: ["正在打开…", "Opening…"], tryAgain: ["再试一次", "Try again"], back: ["返回", "Back"], cancel: ["不了", "Cancel"],
  pages: ["页面设置", "Page settings"],
  // --- the viewer ---
  viewer: ["看图", "Viewer"], picture: ["图像", "Image"], pageOf: ["{0} 第 {1} 幅, 共 {2} 幅", "{0}, image {1} of {2}"],
  whichPage: ["第几幅", "Which image"], presets: ["窗位 / 窗宽", "Window"], tools: ["工具", "Tools"],
  turn: ["翻页", "Scroll"], light: ["明暗", "Window"], move: ["移动", "Pan"], measure: ["测量", "Measure"],
  reset: ["还原", "Reset"], clear: ["清除测量", "Clear"], linked: ["同步翻页", "Link"], beside: ["并排看旧片", "Compare earlier"],
  alone: ["只看一个", "One only"], asStored: ["原始窗", "As stored"], allPictures: ["全部图像", "All images"],
  window_own: ["默认", "Default"], window_lung: ["肺", "Lung"], window_bone: ["骨", "Bone"], window_soft: ["软组织", "Soft tissue"],
  window_brain: ["脑", "Brain"], window_full: ["全部", "Full"], windowNumbers: ["窗位 {0} 窗宽 {1}", "C {0} W {1}"],
  pixels: ["像素", "px"], atDetector: ["探测器平面, 比实际大", "at the detector, larger than life"],
  loading: ["正在读取…", "Loading…"], noPictures: ["这里没有可看的图像", "There are no images here"],
  notPrimary: ["手机和普通屏幕上的图像不能用于首诊诊断, 请以医院的报告为准。", "Not for primary diagnosis on a phone or an ordinary screen: the hospital's report counts."],
  // --- the list ---
  shared: ["分享给您的检查", "What is shared with you"], mine: ["我的影像", "My images"], images: ["图像", "Images"], reports: ["报告", "Reports"],
  countImages: ["{0} 幅", "{0} images"], openViewer: ["用医生阅片器打开", "Open in the doctor's viewer"],
  openReport: ["打开报告", "Open the report"], saveReport: ["保存报告", "Save the report"], report: ["报告", "Report"],
  mayBeSeenBy: ["谁可以看", "For"], until: ["看到什么时候", "Until"], opensLeft: ["还能打开", "Openings left"], times: ["{0} 次", "{0}"],
  details: ["检查信息", "About the examination"], name: ["姓名", "Name"], sex: ["性别", "Sex"], age: ["年龄", "Age"], hospital: ["检查医院", "Hospital"], when: ["检查日期", "Date"],
  M: ["男", "male"], F: ["女", "female"], O: ["其他", "other"], earlier: ["以前的检查", "Earlier"], toMine: ["我的全部影像", "All my images"],
  CT: ["CT", "CT"], MR: ["磁共振", "MR"], DX: ["X 光片", "X-ray"], CR: ["X 光片", "X-ray"], DR: ["X 光片", "X-ray"], RG: ["X 光片", "X-ray"], US: ["超声", "Ultrasound"],
  MG: ["乳腺片", "Mammogram"], XA: ["血管造影", "Angiogram"], RF: ["透视", "Fluoroscopy"], NM: ["核医学", "Nuclear medicine"], PT: ["PET", "PET"], ES: ["内镜", "Endoscopy"],
  SR: ["报告", "Report"], DOC: ["报告", "Report"],
  // --- ways in ---
  passcodeTitle: ["请输入口令", "Enter the passcode"], passcodeHelp: ["分享的人另外告诉您的口令。", "Whoever shared this told you separately."], passcode: ["口令", "Passcode"],
  open: ["打开", "Open"], havePasscode: ["我有口令", "I have a passcode"],
  codeTitle: ["输入取片码", "Enter the pick-up code"], codeHelp: ["患者手机上的 8 位数字, 10 分钟内有效; 也可以用扫码枪扫二维码。", "The 8 digits on the patient's phone, good for 10 minutes; a scanner may read the QR code."],
  code: ["取片码", "Pick-up code"], codeShort: ["取片码是 8 位数字。", "A pick-up code has 8 digits."],
  codeRefused: ["这个取片码打不开", "This code does not open anything"], codeRefusedHelp: ["请核对数字。取片码只能用一次、10 分钟内有效, 而且只给患者选定的医院。", "Check the digits. A code works once, for 10 minutes, and only at the hospital that the patient chose."],
  // --- refusals ---
  shareUnknown: ["这个链接打不开", "This link does not open"], shareUnknownHelp: ["链接可能不完整, 或者需要口令。请向分享的人要一次完整的链接。", "It may be incomplete, or need a passcode. Ask whoever shared it for the whole link."],
  passcodeWrong: ["口令不对, 或链接无效", "Wrong passcode, or no such link"], passcodeWrongHelp: ["请核对后再试。错得太多, 链接会停用。", "Check it and try again. After too many errors the link stops working."],
  shareExpired: ["这个链接已经过期", "This link has expired"], shareSpent: ["这个链接的打开次数已经用完", "This link was opened as often as allowed"],
  shareRevoked: ["患者已经收回这个链接", "The patient has ended this link"], shareRevokedHelp: ["图像不再显示。需要时请患者重新分享。", "The images are no longer shown. Ask the patient to share again."],
  shareEnded: ["这次分享已经结束", "This share has ended"], shareWaits: ["这个链接还没有到开始时间", "This link is not open yet"], shareWaitsHelp: ["请在分享的人说的时间再打开。", "Open it at the time you were told."],
  askAgain: ["需要继续看, 请联系分享的人重新分享。", "To go on, ask whoever shared it to share again."],
  sessionUnknown: ["没有正在看的影像", "Nothing is open here"], sessionUnknownHelp: ["请重新打开收到的链接, 或输入取片码。", "Open the link you were given again, or enter a pick-up code."],
  patientUnknown: ["没有找到", "Not found"], patientUnknownHelp: ["请核对取片凭条上的号码、身份证后六位和姓名。从医院 App 进来的, 请退回 App 重新进入。", "Check the number on the slip, the last six of the identity number and the name. From a hospital's app: go back and enter again."],
  notShown: ["这一幅无法显示", "This image cannot be shown"], notShownHelp: ["请用医生阅片器打开。", "Open it in the doctor's viewer."], notHere: ["这里没有要看的内容", "There is nothing here"],
  noRight: ["没有看这个内容的权限", "You may not see this"], networkGone: ["网络断了", "The network is gone"], networkGoneHelp: ["请检查手机的网络后再试。", "Check your connection and try again."],
  serviceBusy: ["系统正忙", "The service is busy"], serviceBusyHelp: ["请稍等一会儿再试。", "Wait a moment and try again."], failed: ["出了点问题", "Something went wrong"],
  // --- my page ---
  myTitle: ["我的影像和报告", "My films and reports"], claimTitle: ["取我的影像", "Get my films"], claimHelp: ["请照检查凭条填写。", "Fill in what your examination slip says."],
  claimCode: ["凭条上的取片号", "Claim code on the slip"], idLast6: ["身份证后六位", "Last six of the identity number"], enter: ["进入", "Enter"],
  noFilms: ["还没有可以看的影像。医院发布后会出现在这里。", "No films yet. They appear here once the hospital publishes them."],
  see: ["看图像", "See the images"], share: ["分享给人", "Share"], pickup: ["给医院取片码", "Code for a hospital"], myShares: ["我的分享", "My links"], whoLooked: ["谁看过", "Who looked"],
  choose: ["分享哪些检查", "Which examinations"], toWhom: ["分享给谁", "For whom"], doctor: ["医生", "A doctor"], family: ["家人", "Family"], institution: ["医院", "A hospital"],
  doctorName: ["医生姓名", "Doctor's name"], familyName: ["家人姓名", "Name"], relation: ["和我的关系", "Relation"], child: ["子女", "child"], spouse: ["配偶", "spouse"], parent: ["父母", "parent"], other: ["其他亲属", "other relative"],
  hospitalSearch: ["医院名称", "Hospital's name"], hospitalSearchHelp: ["输入几个字, 再点选。", "Type a few characters, then choose."], hospitalChosen: ["已选: {0}", "Chosen: {0}"],
  howLong: ["看多久", "For how long"], hours24: ["1 天", "1 day"], hours168: ["7 天", "7 days"], hours720: ["30 天", "30 days"],
  withPasscode: ["口令 (可不填, 4 位以上)", "Passcode (optional, 4 or more)"], withPasscodeHelp: ["口令请另外告诉对方, 不要和链接一起发。", "Tell it separately, not together with the link."],
  consent: ["我单独同意把所选检查的影像和报告提供给上面这个人, 仅用于看病; 我可以随时收回。(《个人信息保护法》第二十九条)", "I separately consent to giving the chosen images and reports to the person above, for treatment only; I may withdraw at any time. (Personal Information Protection Law, article 29)"],
  makeLink: ["生成链接", "Make the link"], makeCode: ["生成取片码", "Make the code"], linkMade: ["链接已生成", "The link is ready"], copy: ["复制链接", "Copy the link"], copied: ["已复制", "Copied"], copyFailed: ["请长按链接复制", "Press and hold the link to copy it"],
  linkOnce: ["链接只显示这一次。发给对方即可; 二维码也能扫。", "It is shown this once. Send it, or let the QR code be scanned."], qrOfLink: ["链接的二维码", "QR code of the link"], qrOfCode: ["取片码的二维码", "QR code of the pick-up code"],
  codeMade: ["请把这个码给医生看", "Show this to the doctor"], codeLeft: ["还有 {0}", "{0} left"], codeOver: ["取片码已过期", "The code is over"], done: ["好了", "Done"],
  needChoice: ["请至少选一个检查。", "Choose at least one examination."], needName: ["请写明分享给谁。", "Say for whom."], needHospital: ["请选定一家医院。", "Choose a hospital."], needConsent: ["请先勾选同意。", "Tick the consent first."], shortPasscode: ["口令至少 4 位。", "A passcode has 4 characters or more."],
  purposeTreat: ["就诊", "treatment"], end: ["结束分享", "End"], endSure: ["结束后对方马上看不到。确定?", "It ends at once. Sure?"], endYes: ["确定结束", "Yes, end it"], noShares: ["还没有分享过。", "Nothing shared yet."], noEvents: ["还没有人看过。", "Nobody looked yet."],
  state_lives: ["可以看", "open"], state_waits: ["未到时间", "not yet"], state_expired: ["已过期", "expired"], state_spent: ["次数用完", "used up"], state_locked: ["口令错得太多, 已停用", "locked after wrong passcodes"], state_revoked: ["已收回", "ended by me"], state_ended: ["已结束", "ended"],
  untilTime: ["到 {0}", "until {0}"], self: ["我", "me"],
  event_share_create: ["生成了分享", "made a share"], event_share_open: ["打开看了", "opened it"],
  event_share_refuse: ["想打开, 没有打开", "was refused"], event_share_revoke: ["收回了分享", "ended a share"], event_patient_open: ["进入了这个页面", "came in"],
  event_patient_ticket: ["由医院 App 进入", "came from the hospital's app"], event_patient_claim: ["凭取片号进入", "came with a claim code"], event_patient_refuse: ["进入时没有核对上", "was not let in"],
  "reason_no-passcode": ["没有口令", "no passcode"], reason_desk: ["不是这家医院", "another hospital"], reason_passcode: ["口令不对", "wrong passcode"], reason_expired: ["已过期", "expired"], reason_spent: ["次数用完", "used up"], reason_revoked: ["已收回", "ended"], reason_locked: ["已停用", "locked"],
  leave: ["退出", "Leave"], left: ["已退出", "You have left"], leftHelp: ["可以关闭这个页面了。", "You may close this page now."],
};

let at = 0;

export function t(key, ...values) {
  const words = WORDS[key];
  if (!words) return key;
  return words[at].replace(/\{(\d)\}/g, (_, i) => values[i]);
}

/** Is there a word for it? What a server may send is asked first. */
export const has = (key) => Object.prototype.hasOwnProperty.call(WORDS, key);
export const isChinese = () => at === 0;
export function switchLanguage() {
  at = 1 - at;
}

/** "2026-07-30 12:00" of an instant as the server writes it: the server's own time, not the phone's. */
export const timeText = (iso) => String(iso || "").slice(0, 16).replace("T", " ");
export { WORDS };
